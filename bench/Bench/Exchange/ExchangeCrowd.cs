using System.Net;
using System.Text.Json;
using Granary.Grains.Channel;
using Granary.Grains.Faults;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Bench.Exchange;

/// <summary>All workers of an exchange in one process, a thread each, over real sockets: what each of them has to do as they become more. Prints the mean
/// over the workers of the frames and bytes that a step sends and of the processor time that it takes, and its milliseconds on the cores that are here.</summary>
internal static class ExchangeCrowd
{
    /// <param name="members">Workers.</param>
    /// <param name="works">What to exchange, one after the other.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task Run(int members, IReadOnlyList<(int Weights, int Steps, int WarmUp)> works, CancellationToken cancellation)
    {
        var listeners = Enumerable.Range(0, members)
            .Select(_ => new TensorListener(new IPEndPoint(IPAddress.Loopback, 0), "bench", "bench", NullLogger.Instance, tcpAlone: true)).ToArray();
        IPEndPoint[] endpoints = [.. listeners.Select(l => new IPEndPoint(IPAddress.Loopback, l.EndPoint.Port))];
        var meshes = await Task.WhenAll(listeners.Select((l, m) => PeerMesh.Connect(
            l, new Handshake("bench", "bench", 1, m, 0, "bench"), endpoints, new SiloFaults(TimeProvider.System), cancellation)));
        try
        {
            var figures = new Dictionary<string, double>();
            foreach (var (weights, steps, warmUp) in works)
            {
                var found = await Task.WhenAll(meshes.Select((mesh, m) => Task.Factory.StartNew(
                    () => ExchangeSteps.Take(m, members, mesh, weights, steps, warmUp, cancellation),
                    cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
                figures.Add(ExchangeMember.Name(weights, "ms"), found[0].Milliseconds);
                figures.Add(ExchangeMember.Name(weights, "bytes"), found.Average(f => f.Bytes));
                figures.Add(ExchangeMember.Name(weights, "frames"), found.Average(f => f.Frames));
                figures.Add(ExchangeMember.Name(weights, "us"), found.Average(f => f.Microseconds));
            }

            Console.Out.WriteLine(JsonSerializer.Serialize(figures));
        }
        finally
        {
            Array.ForEach(meshes, m => m.Dispose());
            Array.ForEach(listeners, l => l.Dispose());
        }
    }
}
