using System.Reflection;
using System.Text.Json.Nodes;

namespace Granary.Grains.Tests;

/// <summary>Numbers that others have computed: see tests/golden/golden.sh.</summary>
internal static class GoldenFiles
{
    /// <summary>A file or folder of tests/golden.</summary>
    public static string Of(string name) => Path.Combine(
        typeof(GoldenFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Root").Value!, "tests", "golden", name);

    /// <summary>A JSON file that is a list.</summary>
    public static JsonArray List(string name) => JsonNode.Parse(File.ReadAllText(Of(name)))!.AsArray();
}
