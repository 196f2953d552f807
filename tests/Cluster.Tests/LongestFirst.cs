using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Granary.Cluster.Tests.LongestFirst))]

namespace Granary.Cluster.Tests;

/// <summary>The scenarios whose tests wait for one another begin first: begun last they would be what everything waits for in the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] First = [RecoveryScenario.ManyAtOnce, RecoveryScenario.OneByOne];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(c => First.Contains(c.TestCollectionDisplayName))];
}
