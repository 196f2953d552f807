using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>Decides what to do after a generation has failed. Plain rules.</summary>
/// <param name="time">The clock.</param>
internal sealed class RetryRule(TimeProvider time)
{
    // Recoveries are unlimited as long as steps get committed; without any there are so many tries.
    private const int FruitlessTries = 25;

    // A failure within a worker is likely to be a fault of the job or of Granary, and to occur again.
    private const int FailedTries = 3;

    // Seconds between two tries where a store cannot be asked, or silos do not reach each other.
    private const int LongestWait = 8;

    // A store of files is asked for half a minute each time: about ten minutes in all.
    private const int MostUnread = 16;

    // Losses of a silo that lives, without a step in between, after which it is left out.
    private const int LossesOfOne = 2;

    private const string HadFailed = "it had failed in this job before";

    private readonly Dictionary<string, int> _blamed = [];
    private readonly SilosAside _aside = new(time);
    private long _step = -1;
    private int _fruitless;
    private int _failed;
    private int _unavailable;
    private int _unread;
    private int _cut;

    /// <summary>Silos that others are preferred to, and why: those lost twice without a step in between, until one is committed, and where they live for a while more; those that
    /// do not reach others.</summary>
    /// <param name="committed">Committed steps.</param>
    public IReadOnlyDictionary<string, string> Aside(long committed) => committed > _step || _blamed.Count == 0
        ? _aside.Now
        : _blamed.Where(b => b.Value >= LossesOfOne).Select(b => KeyValuePair.Create(b.Key, HadFailed)).Concat(_aside.Now).DistinctBy(s => s.Key).ToDictionary();

    /// <summary>Leaves silos out that do not reach others.</summary>
    public void LeaveOut(IEnumerable<CutRule.Aside> silos)
    {
        foreach (var aside in silos)
        {
            _aside.Add(aside.Silo, aside.Why);
        }
    }

    /// <summary>What to do.</summary>
    /// <param name="Failure">The job fails with this cause; null: try again.</param>
    /// <param name="Pause">Pause before the next try.</param>
    public readonly record struct Fate(string? Failure, TimeSpan Pause);

    /// <summary>Decides.</summary>
    /// <param name="cause">How the generation ended.</param>
    /// <param name="committed">Committed steps.</param>
    public Fate Decide(Exception cause, long committed)
    {
        if (committed > _step)
        {
            (_step, _fruitless, _failed, _unavailable, _unread, _cut) = (committed, 0, 0, 0, 0, 0);
            _blamed.Clear();
        }

        switch (cause)
        {
            case JobException:
                return new Fate(cause.Message, TimeSpan.Zero);
            case CheckpointUnavailableException or StoreUnavailableException: // what it holds is not lost: it is waited for, however long
                return new Fate(null, TimeSpan.FromSeconds(Math.Min(LongestWait, 1 << Math.Min(_unavailable++, 10))));
            case FileStoreException:
                return ++_unread > MostUnread
                    ? new Fate($"gave up after {MostUnread} tries: {cause.Message}", TimeSpan.Zero)
                    : new Fate(null, TimeSpan.FromSeconds(Math.Min(LongestWait, 1 << Math.Min(_unread - 1, 10))));
            case WrongMembersException wrong:
                return new Fate(wrong.OthersAreLeft ? null : cause.Message, TimeSpan.Zero); // each time there are fewer to choose from
            case LostMemberException { Silo: { } silo } lost:
                _blamed[silo] = _blamed.GetValueOrDefault(silo) + 1;
                if (_blamed[silo] >= LossesOfOne && !lost.IsGone)
                {
                    _aside.Add(silo, HadFailed);
                }

                break;
            case CutOffException cut: // the network may be mended at any time, as a store may come back
                LeaveOut(cut.Aside);
                return new Fate(null, TimeSpan.FromSeconds(Math.Min(LongestWait, 1 << Math.Min(_cut++, 10)) - 1));
            case LostMemberException or LostPeerException or StaleGenerationException or DamagedCheckpointException or OrleansException or TimeoutException
                or IOException: // of the coordinator's own: the checkpoint store fails for a while
                break;
            default:
                if (++_failed >= FailedTries)
                {
                    var what = cause is MemberFailedException ? cause.Message : $"{cause.GetType().Name}: {cause.Message}";
                    return new Fate($"{what} (tried {FailedTries} times)", TimeSpan.Zero);
                }

                break;
        }

        return ++_fruitless > FruitlessTries
            ? new Fate($"gave up after {FruitlessTries} recoveries without a step between them; the last cause: {cause.Message}", TimeSpan.Zero)
            : new Fate(null, TimeSpan.FromMilliseconds(_fruitless <= 2 ? 0 : Math.Min(2000, 50 * _fruitless * _fruitless)));
    }
}
