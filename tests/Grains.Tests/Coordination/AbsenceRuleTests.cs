using Granary.Contracts;
using Granary.Grains.Coordination;

namespace Granary.Grains.Tests;

public sealed class AbsenceRuleTests
{
    private static AbsenceRule.Chosen Chosen(
        string[] members, string[]? silent = null, string[]? leaving = null, string[]? idle = null, string[]? strangers = null, int shards = 8,
        string[]? wrong = null, Dictionary<string, string>? aside = null) =>
        new(members, silent ?? [], leaving ?? [], idle ?? [], strangers ?? [], shards, TimeSpan.FromSeconds(1.5), wrong ?? [], aside ?? []);

    private static SiloStatus? Unknown(string name) => null;

    [Fact]
    public void Where_all_take_part_nobody_is_absent() =>
        Assert.Empty(AbsenceRule.Of(["silo-1", "silo-2"], Chosen(["silo-1", "silo-2"]), Unknown));

    [Fact]
    public void Each_reason_has_its_words()
    {
        string[] expected = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
        var statuses = new Dictionary<string, SiloStatus> { ["g"] = SiloStatus.Joining, ["h"] = SiloStatus.Dead, ["j"] = SiloStatus.Active, ["k"] = SiloStatus.Stopping, ["l"] = SiloStatus.Active };
        Assert.Equal(
            [
                new AbsentSilo("b", "it did not answer within 1.5 s"),
                new AbsentSilo("c", "it had been told to stop"),
                new AbsentSilo("d", "its platform or its build differs from the job's"),
                new AbsentSilo("e", "it had failed in this job before"),
                new AbsentSilo("f", "it had not joined the cluster"),
                new AbsentSilo("g", "it had not joined the cluster yet"),
                new AbsentSilo("h", "it had ended, or the cluster had declared it dead"),
                new AbsentSilo("i", "it had failed in this job before"),
                new AbsentSilo("j", "it had been told to stop"),
                new AbsentSilo("k", "it had been told to stop"),
                new AbsentSilo("l", "its gradients are wrong"),
            ],
            AbsenceRule.Of(
                expected, Chosen(["a"], ["b"], ["c"], ["d", "e", "i"], ["d"], wrong: ["l"]),
                name => statuses.TryGetValue(name, out var status) ? status : null));
    }

    [Fact]
    public void A_silo_that_is_left_out_for_a_while_is_absent_whoever_was_asked_for()
    {
        var chosen = Chosen(["a", "c"], idle: ["b"], aside: new() { ["b"] = "it and a do not reach each other" });
        Assert.Equal([new AbsentSilo("b", "it and a do not reach each other")], AbsenceRule.Of(null, chosen, Unknown));
    }

    [Fact]
    public void A_silo_too_many_is_absent_only_where_it_was_asked_for()
    {
        var chosen = Chosen(["a"], idle: ["b"], shards: 1);
        Assert.Equal([new AbsentSilo("b", "there was no shard left for it")], AbsenceRule.Of(["a", "b"], chosen, Unknown));
        Assert.Empty(AbsenceRule.Of(null, chosen, Unknown));
        Assert.Equal(["c"], AbsenceRule.Of(null, Chosen(["a"], silent: ["c"]), Unknown).Select(s => s.Name)); // it could have taken part
    }
}
