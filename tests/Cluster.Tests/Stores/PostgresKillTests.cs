namespace Granary.Cluster.Tests.Stores;

/// <summary>See <see cref="StoreKillTests"/>: PostgreSQL.</summary>
public sealed class PostgresKillTests : StoreKillTests
{
    private protected override IRecordServer Start(string folder) => PostgresServer.Start();
}
