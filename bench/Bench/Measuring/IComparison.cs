namespace Granary.Bench.Measuring;

/// <summary>Some works that are measured together, because the same contestants do them.</summary>
internal interface IComparison
{
    /// <summary>For <c>--only</c> and the picture's file.</summary>
    string Name { get; }

    /// <summary>Measures.</summary>
    Task<Findings> Run(Session session, CancellationToken cancellation);
}
