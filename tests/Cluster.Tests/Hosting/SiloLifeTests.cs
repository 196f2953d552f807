using System.Globalization;
using System.Text.Json;
using Granary.Silo.Hosting;

namespace Granary.Cluster.Tests;

/// <summary>A silo that starts again after its machine's clock was set back.</summary>
public sealed class SiloLifeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_life_has_a_larger_number_than_the_one_before_whatever_the_clock_says()
    {
        Task<int> Next(int byClock) => SiloLife.Next(_folder, byClock, TestContext.Current.CancellationToken);
        Assert.Equal(1000, await Next(1000));
        Assert.Equal(1001, await Next(1000)); // within the same second
        Assert.Equal(1002, await Next(400)); // set back
        Assert.Equal(2000, await Next(2000));
        var many = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Next(5))));
        Assert.Equal(Enumerable.Range(2001, 20), many.Order());
        File.WriteAllText(Path.Combine(_folder, SiloLife.FileName), "not a number");
        Assert.Equal(7, await Next(7));
        Directory.Delete(_folder, recursive: true);
        Assert.Equal(8, await Next(8)); // a home that cannot be written is the store's to tell of
        Directory.CreateDirectory(_folder);
    }

    [Fact]
    public async Task A_silo_s_address_has_the_number()
    {
        var last = SiloAddress.AllocateNewGeneration() + 3600; // as if the clock had been an hour ahead
        File.WriteAllText(Path.Combine(_folder, SiloLife.FileName), last.ToString("D10", CultureInfo.InvariantCulture));
        using var silo = new CommandLine(_folder, ["silo", "--name", "one", "--home", _folder, "--threads", "1", "--web-port", "0"]);
        silo.WaitFor("page one at ");
        var url = silo.Output.Split('\n').First(l => l.StartsWith("page one at ", StringComparison.Ordinal)).Split(" at ")[1].Trim();
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        using var silos = JsonDocument.Parse(await http.GetStringAsync("api/v1/silos", TestContext.Current.CancellationToken));
        Assert.EndsWith(FormattableString.Invariant($"@{last + 1}"), silos.RootElement[0].GetProperty("address").GetString(), StringComparison.Ordinal);
        silo.Signal("TERM");
        await silo.Exit();
    }
}
