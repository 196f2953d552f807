using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Workers;

/// <content>Whether this silo's arithmetic is right.</content>
internal sealed unsafe partial class TrainingRun<T>
{
    /// <inheritdoc/>
    public GradientRecord? Checked => _memory.Checked;

    // Once for each silo that takes part in a job: before its first step there, whether the job has just begun or is being recovered.
    private void CheckGradients()
    {
        try
        {
            if (_memory.Checked is null && _work.CheckGradients(Committed, _versions.Current.Weights, _silo.Device) is { } figure)
            {
                _memory.Checked = new GradientRecord(figure.RelativeError, figure.Parameter, figure.Skipped);
            }
        }
        catch (JobException e)
        {
            throw new WrongGradientException($"step {Committed}, silo {_silo.Name}: {e.Message}");
        }
    }
}
