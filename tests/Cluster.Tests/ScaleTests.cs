using System.Diagnostics;
using Granary.Client;
using Granary.Client.Commands;
using Granary.Sdk.Local;

namespace Granary.Cluster.Tests;

public sealed class ScaleTests : IDisposable
{
    private readonly ClusterHome _home = new(Directory.CreateTempSubdirectory("granary-test-").FullName);
    private readonly Process _supervisor;

    // A process that was told this home, as a supervisor is; it ends with its input.
    public ScaleTests() => _supervisor = Process.Start(
        new ProcessStartInfo("sh", ["-c", "read line", "supervise", _home.Path]) { RedirectStandardInput = true })!;

    public void Dispose()
    {
        _supervisor.Dispose();
        Directory.Delete(_home.Path, recursive: true);
    }

    [Fact]
    public async Task Silos_are_up_when_all_of_them_have_joined()
    {
        _home.Write(new ClusterRecord("local-1", Silos: 3, Joined: 2, _supervisor.Id));
        var reach = ScaleCommand.Reach(_home, 3, CancellationToken.None);
        Assert.False(reach.IsCompleted);
        _home.Write(new ClusterRecord("local-1", Silos: 3, Joined: 3, _supervisor.Id));
        await reach.WaitAsync(TimeSpan.FromMinutes(2));
        _supervisor.StandardInput.Close();
    }

    [Fact]
    public async Task A_cluster_that_ends_meanwhile_is_an_error()
    {
        _home.Write(new ClusterRecord("local-1", Silos: 2, Joined: 2, _supervisor.Id));
        var reach = ScaleCommand.Reach(_home, 3, CancellationToken.None);
        Assert.False(reach.IsCompleted);
        _supervisor.StandardInput.Close();
        var error = await Assert.ThrowsAsync<UserException>(() => reach.WaitAsync(TimeSpan.FromMinutes(2)));
        Assert.Equal(ExitCode.Unreachable, error.Code);
        Assert.Contains($"{_home.Path} ended before it had 3 silos", error.Message);
    }
}
