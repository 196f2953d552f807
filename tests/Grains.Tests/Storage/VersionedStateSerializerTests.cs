using Granary.Contracts;
using Granary.Grains.Coordination;
using Granary.Grains.Storage;
using Granary.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;

namespace Granary.Grains.Tests.Storage;

public sealed class VersionedStateSerializerTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddGranarySerialization().AddSerializer().BuildServiceProvider();

    private OrleansGrainStorageSerializer Plain => new(_services.GetRequiredService<Serializer>());

    private VersionedStateSerializer Versioned => new(Plain);

    private static CoordinatorState State => new() { Generation = 7, State = JobState.Running, Seconds = 1.5 };

    public void Dispose() => _services.Dispose();

    private static void IsState(CoordinatorState read) => Assert.Equal((7, JobState.Running, 1.5), (read.Generation, read.State, read.Seconds));

    [Fact]
    public void What_was_written_is_read() => IsState(Versioned.Deserialize<CoordinatorState>(Versioned.Serialize(State)));

    [Fact]
    public void What_a_build_without_formats_wrote_is_read() => IsState(Versioned.Deserialize<CoordinatorState>(Plain.Serialize(State)));

    [Fact]
    public void Nothing_stays_nothing()
    {
        Assert.Null(Versioned.Deserialize<CoordinatorState?>(Versioned.Serialize<CoordinatorState?>(null)));
        Assert.Null(Versioned.Deserialize<CoordinatorState?>(Plain.Serialize<CoordinatorState?>(null)));
    }

    [Fact]
    public void What_a_later_build_wrote_is_refused_with_the_remedy()
    {
        var later = Versioned.Serialize(State).ToArray();
        later["Granary state ".Length]++;
        var error = Assert.Throws<JobException>(() => Versioned.Deserialize<CoordinatorState>(BinaryData.FromBytes(later)));
        Assert.Equal(
            "this cluster's stored state has format 2, and this build of Granary reads formats up to 1: a later build has written it. "
            + "Start that build or a later one; or leave this state alone and start a cluster with another name and home.",
            error.Message);
    }

    // The first byte of what Orleans' serializer writes names its root's field, which is 0: it cannot be taken for the mark.
    [Fact]
    public void No_state_without_a_format_begins_as_the_mark_does()
    {
        Assert.All(
            [Plain.Serialize(State), Plain.Serialize(new CatalogueState()), Plain.Serialize<CoordinatorState?>(null)],
            s => Assert.NotEqual((byte)'G', s.ToArray()[0]));
    }
}
