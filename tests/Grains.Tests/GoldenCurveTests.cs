using System.Globalization;
using System.Text.Json;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Tests;

/// <summary>Every family with every optimiser, with schedules and clipping, on two silos: the losses are those that PyTorch had on
/// the same data from the same weights in the same settings (tests/golden/curves.py).</summary>
public sealed class GoldenCurveTests : IDisposable
{
    private static readonly string Golden = GoldenFiles.Of("curves");

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Relative: in float64 over all 50 steps, in float32 up to the tenth and up to the fiftieth.
    [Theory]
    [InlineData(Precision.Float64, 1e-9, 1e-9)]
    [InlineData(Precision.Float32, 1e-5, 1e-4)]
    public async Task Two_silos_follow_the_loss_curve_of_pytorch(Precision precision, double ten, double fifty)
    {
        var jobs = GoldenFiles.List("curves/jobs.json").Select(j => JobFile.Parse(
            j!.ToJsonString(), "jobs.json", Golden, [$"model.precision={Kebab.Name(precision)}"], Golden)).ToArray();
        var losses = GoldenFiles.List("curves/losses.json")
            .ToDictionary(l => (string)l!["name"]!, l => l![Kebab.Name(precision)].Deserialize<double[]>()!);
        Assert.Equal(jobs.Select(j => j.Name), losses.Keys);
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        var wrong = new List<string>();
        foreach (var job in jobs)
        {
            var status = await cluster.Run(job);
            Assert.True(status.State == JobState.Completed, $"{job.Name}: {status.Failure}");
            Assert.Equal(2, status.Members.Count);
            Assert.Equal(50, status.Points.Count);
            var errors = status.Points.Zip(losses[job.Name], (point, loss) => Math.Abs((point.Loss - loss) / loss)).ToArray();
            if (errors[..10].Max() > ten || errors.Max() > fifty || errors.Any(double.IsNaN))
            {
                wrong.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{job.Name}: {errors[..10].Max():E1} in ten steps, {errors.Max():E1} in fifty"));
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
