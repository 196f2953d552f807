using System.Diagnostics;
using System.Text.Json.Nodes;
using Granary.Bench.Calibration;
using Granary.Model.Kernels;
using static TorchSharp.torch;

namespace Granary.Bench.Training;

/// <summary>
/// TorchSharp alone: one process, one thread, its own half of the data, torch's own modules, optimiser and autograd, and nobody to
/// talk to. Two of them side by side are what a cluster of two could reach if exchanging cost nothing. Prints steps a second.
/// </summary>
internal static class BareLoop
{
    private const int WarmUp = 20;

    public static void Run(TrainingWork work, string data, string? labels, int half, double seconds)
    {
        set_num_threads(1);
        TorchKernels.Require(); // those that a silo computes with
        random.manual_seed(1);
        using var model = Models.Of(work);
        using var loss = nn.CrossEntropyLoss();
        using var logisticLoss = nn.BCEWithLogitsLoss();
        using var optimizer = optim.SGD(model.parameters(), 0.001);
        var (inputs, targets) = Resident.Read(work, data, labels, half);
        var rows = inputs.shape[0];
        var order = randperm(rows);
        var at = 0L;
        var steps = 0L;
        var began = 0L;
        for (var step = 0; ; step++)
        {
            if (step == WarmUp)
            {
                began = Stopwatch.GetTimestamp();
            }

            if (step >= WarmUp && Stopwatch.GetElapsedTime(began).TotalSeconds >= seconds)
            {
                steps = step - WarmUp;
                break;
            }

            using var scope = NewDisposeScope();
            if (at + work.RowsPerShard > rows)
            {
                order.Dispose();
                order = randperm(rows).DetachFromDisposeScope();
                at = 0;
            }

            var index = order.narrow(0, at, work.RowsPerShard);
            at += work.RowsPerShard;
            var (x, y) = (inputs.index_select(0, index), targets.index_select(0, index));
            optimizer.zero_grad();
            var outputs = model.forward(x);
            var value = work.Name == "logistic" ? logisticLoss.forward(outputs.squeeze(1), y) : loss.forward(outputs.flatten(0, -2), y.flatten());
            value.backward();
            optimizer.step();
        }

        var rate = steps / Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.Out.WriteLine(new JsonObject { ["steps/s"] = rate, [Arithmetic.Key] = TorchProduct.Measure().Said() }.ToJsonString());
    }
}
