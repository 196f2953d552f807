using System.Globalization;

namespace Granary.Cluster.Tests;

/// <summary>Jobs for tests of stores: long enough for something to happen to them, with slices, replicas and checkpoints.</summary>
internal static class StoreJobs
{
    /// <summary>What follows <c>submit</c>: 23 steps an epoch.</summary>
    public static string[] Digits(int epochs, params string[] more) =>
    [
        Path.Combine(CommandLine.Examples, "digits-mlp.yaml"), "--set", "model.hidden=[256, 128]", "--set", "training.optimizer.kind=adam",
        "--set", "training.optimizer.learningRate=0.001", "--set", $"training.epochs={epochs.ToString(CultureInfo.InvariantCulture)}", "--set", "data.shards=4",
        .. more.SelectMany(m => new[] { "--set", m }),
    ];
}
