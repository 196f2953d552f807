using System.Globalization;
using Granary.Jobs;

namespace Granary.Client.Display;

/// <summary>Says on standard error what is being done until there is more to see: on a terminal in one line that is drawn again and
/// tells the time, elsewhere in a plain line at every change.</summary>
internal sealed class Narrator : IProgress<StartEvent>, IDisposable
{
    // Up to this many silos are listed one by one.
    private const int FewSilos = 4;

    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(200);

    private readonly Lock _one = new();
    private readonly TextWriter _errors;
    private readonly LiveText? _live;
    private readonly TimeProvider _time;
    private readonly long _since;
    private readonly ITimer? _clock;
    private readonly SortedDictionary<string, StartStage> _silos = new(NaturalOrder.Instance);
    private readonly List<string> _doing = [];
    private int _expected;
    private bool _ended;

    /// <param name="errors">Standard error.</param>
    /// <param name="live">The lines of its terminal; null: plain lines.</param>
    /// <param name="time">Tells the time, and when to draw it again.</param>
    public Narrator(TextWriter errors, LiveText? live, TimeProvider time)
    {
        (_errors, _live, _time, _since) = (errors, live, time, time.GetTimestamp());
        _clock = live is null ? null : time.CreateTimer(_ => Draw(), null, DrawEvery, DrawEvery);
    }

    /// <summary>One for this process.</summary>
    public static Narrator OfThisProcess() => new(
        Console.Error, Terminal.Errors.Live ? new LiveText(Terminal.Screen, Terminal.Size) : null, TimeProvider.System);

    /// <summary>Silos are being started; <see cref="Report"/> tells of each.</summary>
    public void Starting(int silos)
    {
        lock (_one)
        {
            _expected = silos;
        }

        Changed($"starting {Plural.Of(silos, "silo")}");
    }

    /// <summary>They all run.</summary>
    public void Started()
    {
        lock (_one)
        {
            _expected = 0;
        }

        Draw();
    }

    /// <summary>Something has begun, and goes on until <see cref="Done"/>: "reading the data".</summary>
    public void Doing(string what)
    {
        lock (_one)
        {
            _doing.Add(what);
        }

        Changed(what);
    }

    /// <summary>The same, shown on a terminal only: it is too short to be worth a line in a log.</summary>
    public void DoingBriefly(string what)
    {
        lock (_one)
        {
            _doing.Add(what);
        }

        Draw();
    }

    /// <summary>It has ended.</summary>
    public void Done(string what)
    {
        lock (_one)
        {
            _doing.Remove(what);
        }

        Draw();
    }

    /// <inheritdoc/>
    public void Report(StartEvent value)
    {
        string joined;
        lock (_one)
        {
            _silos[value.Silo] = value.Stage;
            joined = $"{value.Silo} has joined ({Joined} of {Math.Max(_expected, _silos.Count)})";
        }

        if (value.Stage == StartStage.Joined)
        {
            Changed(joined);
        }
        else
        {
            Draw();
        }
    }

    /// <summary>Something worth knowing that stays to be read.</summary>
    public void Say(string line)
    {
        lock (_one)
        {
            if (_live is null || _ended)
            {
                _errors.WriteLine(line);
            }
            else
            {
                _live.Say(line);
            }
        }
    }

    /// <summary>What is being done, in one line.</summary>
    public string Text()
    {
        lock (_one)
        {
            string[] parts = [.. Joined < _expected ? [Silos()] : Array.Empty<string>(), .. _doing];
            return parts.Length == 0 ? "" : string.Create(
                CultureInfo.InvariantCulture, $"{string.Join("; ", parts)} ({_time.GetElapsedTime(_since).TotalSeconds:0} s)");
        }
    }

    private int Joined => _silos.Values.Count(s => s == StartStage.Joined);

    private string Silos() => $"starting {Plural.Of(_expected, "silo")}" + (_silos.Count == 0 ? ""
        : _expected <= FewSilos ? ": " + string.Join(", ", _silos.Select(s => $"{s.Key} {(s.Value == StartStage.Joined ? "joined" : "starting")}"))
        : $": {Joined} joined, {_expected - Joined} starting");

    private void Changed(string line)
    {
        if (_live is null)
        {
            Say(line);
        }
        else
        {
            Draw();
        }
    }

    private void Draw()
    {
        lock (_one)
        {
            if (!_ended)
            {
                _live?.Draw((_, _) => Text() is { Length: > 0 } text ? [text] : []);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_one)
        {
            if (!_ended)
            {
                _live?.Clear();
                _ended = true;
            }
        }

        _clock?.Dispose();
    }
}
