using Granary.Contracts;

namespace Granary.Grains.Goodput;

/// <summary>
/// Gives every second of a job to one part, and keeps the sums. It is part of the job's stored state, so that a coordinator that
/// takes the job over goes on with it. While the job trains, only the workers know what a second was spent on: training's seconds are
/// split as their measurements say, once a generation's training has ended or somebody asks.
/// Plain rules: the caller says what time it is, and its clock must not go back.
/// </summary>
[GenerateSerializer, Alias("granary.TimeLedger")]
public sealed class TimeLedger
{
    private static readonly TimePart[] Parts = Enum.GetValues<TimePart>();

    /// <summary>Seconds of what is over, by <see cref="TimePart"/>.</summary>
    [Id(0)] public double[] Seconds { get; set; } = new double[Parts.Length];

    /// <summary>What the time is spent on at present; <see cref="TimePart.Computing"/> stands for training.</summary>
    [Id(1)] public TimePart Present { get; set; } = TimePart.Queued;

    /// <summary>Until when every second has been given to a part; null: the job has not been submitted yet.</summary>
    [Id(2)] public DateTimeOffset? Until { get; set; }

    /// <summary>Seconds of training that are not split yet.</summary>
    [Id(3)] public double Training { get; set; }

    /// <summary>What the workers have measured in them, all workers together.</summary>
    [Id(4)] public WorkerSeconds Measured { get; set; }

    /// <summary>When steps were committed, in seconds of training, those that are lost left out.</summary>
    [Id(5)] public StepClock Steps { get; set; } = new();

    /// <summary>Seconds of training of all generations, those that are lost left out.</summary>
    [Id(6)] public double Trained { get; set; }

    /// <summary>Steps that were taken again.</summary>
    [Id(7)] public long StepsRedone { get; set; }

    /// <summary>Examples counted in them.</summary>
    [Id(8)] public long ExamplesInVain { get; set; }

    /// <summary>Recoveries by cause.</summary>
    [Id(9)] public Dictionary<string, int> Recoveries { get; set; } = [];

    private bool IsTraining => Present == TimePart.Computing;

    /// <summary>From now on the time is spent on something else.</summary>
    /// <param name="part">On what; <see cref="TimePart.Computing"/>: training.</param>
    /// <param name="now">The time.</param>
    public void Enter(TimePart part, DateTimeOffset now)
    {
        Account(now);
        if (IsTraining && part != TimePart.Computing)
        {
            Split();
        }

        Present = part;
    }

    /// <summary>Training has come to a step, and goes on.</summary>
    /// <param name="step">Committed steps.</param>
    /// <param name="now">The time.</param>
    public void Progressed(long step, DateTimeOffset now)
    {
        if (IsTraining && step > Steps.Newest)
        {
            Account(now);
            Steps.Add(step, Trained);
        }
    }

    /// <summary>A worker has measured where its time went.</summary>
    public void Add(WorkerSeconds measured)
    {
        if (IsTraining)
        {
            Measured += measured;
        }
    }

    /// <summary>The job is found to stand still: what has passed since its last progress was spent on finding that out. A new
    /// generation is to be formed.</summary>
    /// <param name="cause">Why, in a word or two: one of few.</param>
    /// <param name="now">The time.</param>
    public void Failed(string cause, DateTimeOffset now)
    {
        Recoveries[cause] = Recoveries.GetValueOrDefault(cause) + 1;
        if (IsTraining)
        {
            Split();
            Present = TimePart.Detecting;
        }

        Enter(TimePart.Rendezvous, now);
    }

    /// <summary>Another coordinator has taken the job over. Of what the one before did after it had stored this nothing is known: it counts as
    /// detecting.</summary>
    /// <param name="parked">Whether the job was at rest, with all of it on disk: then it is no failure, and the time since was idle.</param>
    /// <param name="now">The time.</param>
    public void TakenOver(bool parked, DateTimeOffset now)
    {
        if (parked)
        {
            Enter(TimePart.Rendezvous, now);
            return;
        }

        Split();
        Present = TimePart.Detecting;
        Failed(RecoveryCause.LostCoordinator, now);
    }

    /// <summary>A continued run begins at a step.</summary>
    public void StartsAt(long step) => Steps.Add(step, Trained);

    /// <summary>Training goes back: the time of the steps in between is lost.</summary>
    /// <param name="from">Steps that had been committed.</param>
    /// <param name="to">Steps that training goes on from.</param>
    /// <param name="examples">Examples counted in those in between.</param>
    public void Rewound(long from, long to, long examples)
    {
        StepsRedone += from - to;
        ExamplesInVain += examples;
        Lose(Steps.At(from) - Steps.At(to));
        Steps.Rewind(to);
        Trained = Steps.At(to);
    }

    /// <summary>Where the time went until now.</summary>
    public GoodputReport Report(string jobId, DateTimeOffset now, bool ended)
    {
        Fit();
        var copy = new TimeLedger { Seconds = [.. Seconds], Present = Present, Until = Until, Training = Training, Measured = Measured };
        if (!ended)
        {
            copy.Account(now);
        }

        copy.Split();
        return new GoodputReport(
            jobId, copy.Seconds.Sum(), [.. Parts.Select(p => new TimeShare(p, copy.Seconds[(int)p]))],
            StepsRedone, ExamplesInVain, new Dictionary<string, int>(Recoveries));
    }

    private void Account(DateTimeOffset now)
    {
        Fit();
        var seconds = Math.Max(0, (now - (Until ?? now)).TotalSeconds);
        if (IsTraining)
        {
            Training += seconds;
            Trained += seconds;
        }
        else
        {
            Seconds[(int)Present] += seconds;
        }

        Until = Until > now ? Until : now;
    }

    // By the shares that the workers have measured. What they have not told of yet has the shares of what they have; before they have
    // told anything, it is computing.
    private void Split()
    {
        var (measured, training) = (Measured, Training);
        (Measured, Training) = (default, 0);
        if (measured.Sum <= 0)
        {
            Seconds[(int)TimePart.Computing] += training;
            return;
        }

        var scale = training / measured.Sum;
        Seconds[(int)TimePart.Computing] += measured.Computing * scale;
        Seconds[(int)TimePart.Exchanging] += measured.Exchanging * scale;
        Seconds[(int)TimePart.Waiting] += measured.Waiting * scale;
        Seconds[(int)TimePart.Updating] += measured.Updating * scale;
        Seconds[(int)TimePart.Evaluating] += measured.Evaluating * scale;
        Seconds[(int)TimePart.CheckpointStall] += measured.CheckpointStall * scale;
        Seconds[(int)TimePart.Idle] += measured.Idle * scale;
    }

    // What an older build stored knows fewer parts.
    private void Fit()
    {
        if (Seconds.Length < Parts.Length)
        {
            Seconds = [.. Seconds, .. new double[Parts.Length - Seconds.Length]];
        }
    }

    private static readonly TimePart[] OfTraining = [TimePart.Computing, TimePart.Exchanging, TimePart.Waiting, TimePart.Updating, TimePart.Evaluating];

    // Which of the training's parts the lost steps took is not known: each gives its share.
    private void Lose(double seconds)
    {
        Split();
        var held = OfTraining.Sum(p => Seconds[(int)p]);
        var lost = Math.Min(seconds, held);
        if (lost <= 0)
        {
            return;
        }

        foreach (var part in OfTraining)
        {
            Seconds[(int)part] *= 1 - (lost / held);
        }

        Seconds[(int)TimePart.Lost] += lost;
    }
}
