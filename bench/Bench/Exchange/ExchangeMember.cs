using System.Net;
using System.Text.Json;
using Granary.Contracts.Certificates;
using Granary.Grains.Channel;
using Granary.Grains.Faults;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Bench.Exchange;

/// <summary>
/// One worker of the product's exchange in a process of its own, without a cluster around it: its listener and mesh, its layout and
/// update, with checksums, generations and records as in a job. One shard a member, plain gradient descent.
/// Prints its port, reads everybody's, and prints the median milliseconds of a step for every vector, the bytes that its sockets
/// sent in one step, and those that TCP sent once more.
/// </summary>
internal static class ExchangeMember
{
    /// <summary>What an argument begins with that names the folder of a certificate.</summary>
    public const string CertificatesArgument = "certs=";

    /// <param name="self">Its place.</param>
    /// <param name="members">Workers in all.</param>
    /// <param name="tcpAlone">Over TCP, as between hosts; else over what processes of one host use.</param>
    /// <param name="certificates">Folder of the certificate that it shows; null: without TLS.</param>
    /// <param name="works">What to exchange, one after the other.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task Run(
        int self, int members, bool tcpAlone, string? certificates, IReadOnlyList<(int Weights, int Steps, int WarmUp)> works, CancellationToken cancellation)
    {
        var shown = certificates is null ? null : ClusterCertificates.Open(certificates);
        using var listener = new TensorListener(new IPEndPoint(IPAddress.Loopback, 0), "bench", "bench", NullLogger.Instance, tcpAlone, certificates: shown);
        Console.Out.WriteLine(listener.EndPoint.Port);
        var ports = Console.In.ReadLine() ?? throw new InvalidOperationException("Nobody said which ports the members have.");
        var endpoints = ports.Split(' ').Select(p => new IPEndPoint(IPAddress.Loopback, int.Parse(p, System.Globalization.CultureInfo.InvariantCulture))).ToArray();
        using var mesh = await PeerMesh.Connect(listener, new Handshake("bench", "bench", 1, self, 0, "bench"), endpoints, new SiloFaults(TimeProvider.System), cancellation, certificates: shown);
        var figures = new Dictionary<string, double>();
        var measuring = new Thread(() =>
        {
            foreach (var (weights, steps, warmUp) in works)
            {
                var found = ExchangeSteps.Take(self, members, mesh, weights, steps, warmUp, cancellation);
                figures.Add(Name(weights, "ms"), found.Milliseconds);
                figures.Add(Name(weights, "bytes"), found.Bytes);
                figures.Add(Name(weights, "bytes again"), found.BytesAgain);
            }
        });
        measuring.Start();
        measuring.Join();
        Console.Out.WriteLine(JsonSerializer.Serialize(figures));
    }

    /// <summary>Name of a figure.</summary>
    public static string Name(int weights, string what) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{weights} {what}");
}
