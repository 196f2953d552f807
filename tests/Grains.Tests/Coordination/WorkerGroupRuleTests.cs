using Granary.Contracts;
using Granary.Grains.Coordination;
using Granary.Jobs;

namespace Granary.Grains.Tests;

public sealed class WorkerGroupRuleTests
{
    private static readonly HashSet<string> None = [];

    // "a:x b:y": silo a computes on x, silo b on y.
    private static SiloInfo[] Silos(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split(':'))
        .Select(p => new SiloInfo(p[0], "", 1, "active", 1, "cpu", "", p[1], 0))];

    private static string Names(SiloInfo[] silos, int[] chosen) => string.Concat(chosen.Select(i => silos[i].Name));

    [Theory]
    [InlineData("a:x b:x c:x", 8, null, "abc", "", "")]
    [InlineData("a:x b:x c:x", 2, null, "ab", "c", "")] // one silo a shard
    [InlineData("a:x b:y c:x", 8, "x", "ac", "b", "b")] // a stranger stands by
    [InlineData("a:y b:y", 8, "x", "", "ab", "ab")] // only strangers have answered: the job waits for its own
    [InlineData("a:y b:z", 8, "x", "", "ab", "ab")] // of two kinds: it waits, and does not fail
    [InlineData("", 8, "x", "", "", "")]
    public void A_job_stays_with_silos_of_one_kind(string able, int shards, string? platform, string members, string idle, string strangers)
    {
        var silos = Silos(able);
        var choice = WorkerGroupRule.Choose(silos, shards, platform, None);
        Assert.Equal((members, idle, strangers), (Names(silos, choice.Members), Names(silos, choice.Idle), Names(silos, choice.Strangers)));
    }

    // Silo c is of a build that speaks otherwise: it stands by, also where nothing has been computed yet, and nobody fails.
    [Theory]
    [InlineData(null)]
    [InlineData("x")]
    public void A_silo_of_a_build_that_speaks_otherwise_stands_by(string? platform)
    {
        SiloInfo[] silos = [.. Silos("a:x b:x"), Silos("c:x")[0] with { Protocol = WireProtocol.Number + 1 }];
        var choice = WorkerGroupRule.Choose(silos, 8, platform, None);
        Assert.Equal(("ab", "c", "c"), (Names(silos, choice.Members), Names(silos, choice.Idle), Names(silos, choice.Strangers)));
        Assert.Equal("silo c is of another build of Granary, whose protocol is 2 and not 1", StrangerRule.Difference(silos[2], "x"));
        Assert.StartsWith("waiting for silos whose protocol is 1", StrangerRule.WaitingFor([silos[2]], platform));
    }

    [Theory]
    [InlineData("granary 0.1.0 arithmetic 2; cpu; avx2", "granary 0.2.0 arithmetic 2; cpu; avx2", true)] // another version, the same bits
    [InlineData("granary 0.1.0 arithmetic 2; cpu; avx2", "granary 0.1.0 arithmetic 3; cpu; avx2", false)]
    [InlineData("granary 0.1.0 arithmetic 2; cpu; avx2", "granary 0.1.0 arithmetic 2; cpu; avx512", false)]
    [InlineData("granary 0.1.0; cpu; A= arithmetic 2", "granary 0.2.0; cpu; A= arithmetic 2", false)] // no number of its own
    public void Two_versions_compute_the_same_where_their_arithmetic_has_the_same_number(string one, string other, bool same)
    {
        Assert.Equal(same, PlatformDifference.IsNone(one, other));
        Assert.Equal(same, PlatformDifference.IsNone(other, one));
        Assert.Equal(same ? 2 : 1, WorkerGroupRule.Choose([Silos("a:x")[0] with { Platform = one }, Silos("b:x")[0] with { Platform = other }], 8, one, None).Members.Length);
    }

    // In the middle of an upgrade: the job has not begun, and waits until they agree.
    [Fact]
    public void A_job_that_has_not_begun_waits_for_silos_of_builds_that_compute_the_same()
    {
        const string Old = "granary 0.1.0 arithmetic 2; cpu; avx2";
        const string New = "granary 0.2.0 arithmetic 3; cpu; avx2";
        SiloInfo[] Cluster(params string[] platforms) => [.. platforms.Select((p, i) => Silos($"{"abc"[i]}:x")[0] with { Platform = p })];
        var mixed = WorkerGroupRule.Choose(Cluster(Old, Old, New), 8, null, None);
        Assert.Empty(mixed.Members);
        Assert.Equal("waiting until all silos are of builds that compute the same: silo a is granary 0.1.0 arithmetic 2, silo c is granary 0.2.0 arithmetic 3", mixed.WaitsFor);
        foreach (var agreed in new[] { Cluster(New, New, New), Cluster(Old, "granary 0.2.0 arithmetic 2; cpu; avx2", Old) })
        {
            var choice = WorkerGroupRule.Choose(agreed, 8, null, None);
            Assert.Equal((3, null), (choice.Members.Length, choice.WaitsFor));
        }

        Assert.Equal(2, WorkerGroupRule.Choose(Cluster(Old, Old, New), 8, Old, None).Members.Length); // one that has begun has chosen
        Assert.Throws<JobException>(() => WorkerGroupRule.Choose(Cluster(Old, Old.Replace("avx2", "avx512", StringComparison.Ordinal)), 8, null, None)); // no upgrade mends that
    }

    [Fact]
    public void Who_was_lost_again_and_again_stands_by_while_others_can()
    {
        var silos = Silos("a:y b:x c:x");
        Assert.Equal("bc", Names(silos, WorkerGroupRule.Choose(silos, 8, null, new HashSet<string> { "a" }).Members)); // whatever it computes on
        Assert.Equal("bc", Names(silos, WorkerGroupRule.Choose(silos, 8, "x", new HashSet<string> { "b", "c" }).Members)); // there is nobody else
    }

    [Theory]
    [InlineData("granary 1; cpu; x64 AuthenticAMD avx2", "granary 1; cpu; x64 GenuineIntel avx2", "x64 AuthenticAMD avx2", "x64 GenuineIntel avx2")]
    [InlineData("granary 1; cpu; MKL_CBWR=AVX2", "granary 2; cpu", "granary 1; MKL_CBWR=AVX2", "granary 2")]
    [InlineData("granary 1; cpu; MKL_CBWR=AVX2", "granary 1; cpu", "MKL_CBWR=AVX2", "nothing more")]
    public void Of_two_platforms_what_differs_is_named_and_nothing_else(string one, string other, string ones, string others) =>
        Assert.Equal((ones, others), PlatformDifference.Of(one, other));

    [Fact]
    public void A_silo_s_platform_names_its_processor_s_vendor_and_the_kernels()
    {
        var platform = new SiloIdentity("a", "c", 1, "cpu", new(System.Net.IPAddress.Loopback, 0), "", "").Platform;
        Assert.Matches(@"^granary \d+\.\d+\.\d+ arithmetic \d+; cpu; (x64|arm64) .*; libtorch 2\.[^;]*; (standard kernels|kernels without oneDNN)", platform);
    }

    [Fact]
    public void Silos_that_differ_before_anything_has_been_computed_are_named()
    {
        var silos = Silos("a:x b:x c:y");
        var failure = Assert.Throws<JobException>(() => WorkerGroupRule.Choose(silos, 8, null, None));
        Assert.StartsWith("Silo a computes on x, silo c on y: ", failure.Message);
        Assert.Equal("ab", Names(silos, WorkerGroupRule.Choose(silos, 2, null, None).Members));
    }
}
