namespace Granary.Cluster.Tests;

public sealed class RedisTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Silos_meet_and_train_through_redis()
    {
        using var redis = await RedisServer.Start(_folder);
        using var one = redis.Run("silo", "--name", "one", "--threads", "1");
        using var two = redis.Run("silo", "--name", "two", "--threads", "1");
        one.WaitFor("ready one");
        two.WaitFor("ready two");
        using var submit = redis.Run("submit", Path.Combine(CommandLine.Examples, "digits-mlp.yaml"), "--json", "--set", "training.epochs=3");
        await submit.Succeeds();
        Assert.Equal(2, submit.Json.GetProperty("silos").GetInt32());

        // A third one with other kernels computes other bits.
        var platform = (await Platforms(redis))["one"];
        using var three = redis.Run("silo", "--name", "three", "--threads", "1", "--kernels", platform.Contains("MKL by instruction sets", StringComparison.Ordinal) ? "stock" : "features");
        three.WaitFor("ready three");
        var other = (await Platforms(redis))["three"];
        using var mixed = redis.Run("submit", Path.Combine(CommandLine.Examples, "digits-mlp.yaml"), "--json", "--set", "training.epochs=1");
        Assert.Equal(other == platform ? 0 : 1, await mixed.Exit()); // where MKL has no other choice, as on Intel's processors, they are alike
        Assert.Equal(HasChoice(), other != platform);
        Assert.Equal(other != platform, mixed.Errors.Contains("silo three on", StringComparison.Ordinal));
        Assert.Equal(other != platform, mixed.Errors.Contains("MKL by instruction sets", StringComparison.Ordinal));
        foreach (var silo in new[] { one, two, three })
        {
            silo.Signal("TERM");
            Assert.Equal(0, await silo.Exit());
        }
    }

    // What MKL may be told on Linux on x64, where the processor is not Intel's and has AVX2.
    private static bool HasChoice() => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64
        && File.ReadAllText("/proc/cpuinfo") is var processor && processor.Contains(" avx2 ", StringComparison.Ordinal)
        && !processor.Contains("GenuineIntel", StringComparison.Ordinal);

    private static async Task<IReadOnlyDictionary<string, string>> Platforms(RedisServer redis)
    {
        using var status = redis.Run("status", "--json");
        await status.Succeeds();
        var silos = status.Json.GetProperty("silos").EnumerateArray().ToArray();
        Assert.All(silos, s => Assert.True(s.GetProperty("gflops").GetDouble() > 0));
        return silos.ToDictionary(s => s.GetProperty("name").GetString()!, s => s.GetProperty("platform").GetString()!);
    }

    // In less time than Kubernetes gives it: left to itself Orleans tries for two minutes.
    [Fact]
    public async Task A_silo_whose_store_does_not_answer_any_more_leaves_all_the_same()
    {
        using var redis = await RedisServer.Start(_folder);
        using var silo = redis.Run("silo", "--name", "one", "--threads", "1");
        silo.WaitFor("ready one");
        redis.Freeze();
        silo.Signal("TERM");
        Assert.Equal(1, await silo.Exit());
        Assert.Contains("shutdown timed out after 40 s", silo.Errors);
    }
}
