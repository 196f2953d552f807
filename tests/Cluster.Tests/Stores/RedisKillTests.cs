namespace Granary.Cluster.Tests.Stores;

/// <summary>See <see cref="StoreKillTests"/>: Redis, which writes down what it has answered for.</summary>
public sealed class RedisKillTests : StoreKillTests
{
    private protected override IRecordServer Start(string folder) => RedisServer.Lasting(folder);
}
