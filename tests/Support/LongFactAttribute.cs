using System.Runtime.CompilerServices;
using Xunit.v3;

namespace Granary.Testing;

/// <summary>
/// A test that takes minutes and whose short sister, or the same behaviour in one process, is among the others. It runs where GRANARY_LONG is 1, as in
/// <c>.ci/long</c>, and is told of as skipped elsewhere.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongFactAttribute : FactAttribute, ITraitAttribute
{
    /// <summary>Skips it unless long tests are asked for.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="line">Its line.</param>
    public LongFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (Environment.GetEnvironmentVariable("GRANARY_LONG") != "1")
        {
            Skip = "it takes minutes: .ci/long runs it, or GRANARY_LONG=1";
        }
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("length", "long")];
}
