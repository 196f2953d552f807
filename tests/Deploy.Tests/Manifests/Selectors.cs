using k8s.Models;

namespace Granary.Deploy.Tests.Manifests;

/// <summary>Which labels a selector means.</summary>
internal static class Selectors
{
    public static bool Match(IDictionary<string, string>? wanted, IDictionary<string, string>? labels) =>
        (wanted ?? new Dictionary<string, string>()).All(w => labels is not null && labels.TryGetValue(w.Key, out var value) && value == w.Value);

    /// <exception cref="ManifestException">It has expressions, which nothing here needs or understands.</exception>
    public static bool Match(V1LabelSelector? selector, IDictionary<string, string>? labels) => selector switch
    {
        null => false, // no pods; an empty one means all
        { MatchExpressions.Count: > 0 } => throw new ManifestException("a selector has matchExpressions, which this check does not understand: use matchLabels"),
        _ => Match(selector.MatchLabels, labels),
    };
}
