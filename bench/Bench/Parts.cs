using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Bench.Calibration;
using Granary.Bench.Exchange;
using Granary.Bench.Tables;
using Granary.Bench.Training;
using Granary.Model.Kernels;

namespace Granary.Bench;

/// <summary>What this program does as a process of its own while the bench measures it.</summary>
internal static class Parts
{
    /// <summary>The hidden command.</summary>
    public const string Command = "part";

    /// <summary>The part that says what Granary computes with.</summary>
    public const string Calibrate = "calibrate";

    public static async Task<int> Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["exchange", var self, var members, var certificates, .. var works] when certificates.StartsWith(ExchangeMember.CertificatesArgument, StringComparison.Ordinal):
                await ExchangeMember.Run(Number(self), Number(members), tcpAlone: true, certificates[ExchangeMember.CertificatesArgument.Length..], Works(works), CancellationToken.None);
                return 0;
            case ["exchange" or "exchange-on-host", var self, var members, .. var works]:
                await ExchangeMember.Run(Number(self), Number(members), arguments[0] == "exchange", null, Works(works), CancellationToken.None);
                return 0;
            case ["exchange-crowd", var members, .. var works]:
                await ExchangeCrowd.Run(Number(members), Works(works), CancellationToken.None);
                return 0;
            case ["floor", var self, _, .. var works]:
                FloorMember.Run(Number(self), Works(works));
                return 0;
            case ["bare", var work, var data, var labels, var half, var seconds]:
                BareLoop.Run(TrainingWork.Of(work), data, labels == "-" ? null : labels, Number(half), Number(seconds));
                return 0;
            case [Calibrate]:
                TorchKernels.Require();
                Console.Out.WriteLine(new JsonObject { [Arithmetic.Key] = TorchProduct.Measure().Said() }.ToJsonString());
                return 0;
            case ["mlnet", var path]:
                MlNetPart.Run(path);
                return 0;
            case ["mlnet-law", var spec, var trainer]:
                MlNetLaw.Run(spec, trainer);
                return 0;
            default:
                await Console.Error.WriteLineAsync($"There is no part {string.Join(' ', arguments)}.");
                return 2;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static (int Weights, int Steps, int WarmUp)[] Works(string[] works) =>
        [.. works.Select(w => w.Split(':').Select(Number).ToArray()).Select(w => (w[0], w[1], w[2]))];
}
