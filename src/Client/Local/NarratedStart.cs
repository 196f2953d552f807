using Granary.Client.Display;

namespace Granary.Client.Local;

/// <summary>Says on standard error how a private cluster starts, and afterwards what becomes of its silos.</summary>
/// <param name="narrator">Says how the start goes, and ends with it.</param>
internal sealed class NarratedStart(Narrator narrator) : IStartListener, IDisposable
{
    private bool _started;

    /// <summary>Silos are being started.</summary>
    public void Starting(int silos) => narrator.Starting(silos);

    /// <inheritdoc/>
    public void Report(StartEvent value) => narrator.Report(value);

    /// <inheritdoc/>
    public void Connecting() => narrator.DoingBriefly("connecting to the silos");

    /// <inheritdoc/>
    public void Say(string line)
    {
        if (_started)
        {
            Terminal.Say(line); // above what is drawn by then
        }
        else
        {
            narrator.Say(line);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _started = true;
        narrator.Dispose();
    }
}
