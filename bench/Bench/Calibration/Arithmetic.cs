using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Bench.Calibration;

/// <summary>What a process computes its matrix products with, as it found out itself.</summary>
/// <param name="Library">The file that is mapped into the process.</param>
/// <param name="Version">What the library, or who loaded it, says of itself.</param>
/// <param name="Gflops">Billions of operations a second of a float32 product of 128 x 784 and 784 x 256 on one thread: the best of many.</param>
internal sealed record Arithmetic(string Library, string Version, double Gflops)
{
    /// <summary>Its place in a measuring process's line of JSON.</summary>
    public const string Key = "arithmetic";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>What a measuring process said of it; null: nothing.</summary>
    public static Arithmetic? Of(JsonObject result) => result[Key].Deserialize<Arithmetic>(Json);

    /// <summary>With the library's path as seen from a folder that it lies in.</summary>
    public Arithmetic SeenFrom(string folder) => Library.StartsWith(folder, StringComparison.Ordinal) ? this with { Library = Path.GetRelativePath(folder, Library) } : this;

    /// <summary>As a process says it.</summary>
    public JsonNode Said() => JsonSerializer.SerializeToNode(this, Json)!;
}

/// <summary>A side's arithmetic in a comparison.</summary>
/// <param name="Side">Who.</param>
/// <param name="Library">The library's file, in its last round.</param>
/// <param name="Version">What it says of itself.</param>
/// <param name="Gflops">The median over the rounds.</param>
internal sealed record SideArithmetic(string Side, string Library, string Version, double Gflops);
