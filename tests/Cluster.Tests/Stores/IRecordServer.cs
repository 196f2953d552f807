using Granary.Sdk.Connecting;

namespace Granary.Cluster.Tests.Stores;

/// <summary>A server in which a cluster keeps who is in it and the state of its grains: a process of a test's own that can be stopped and started again.</summary>
internal interface IRecordServer : IDisposable
{
    /// <summary>What silos and commands have in their environment to find it.</summary>
    IReadOnlyList<(string Name, string Value)> Variables { get; }

    /// <summary>Where a client of this process finds the cluster.</summary>
    ClusterAddress Address { get; }

    /// <summary>How messages name it: "PostgreSQL at 127.0.0.1:5432".</summary>
    string Name { get; }

    /// <summary>Stops it as an operator does: what it has answered for is kept.</summary>
    void Down();

    /// <summary>Starts it again at the same place, with what it had; returns when it takes connections.</summary>
    void Up();
}
