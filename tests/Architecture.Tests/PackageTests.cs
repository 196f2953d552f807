using System.Xml.Linq;

namespace Granary.Architecture.Tests;

/// <summary>What is named in Directory.Packages.props is used.</summary>
public class PackageTests
{
    // Named by no project, but asked for by others' packages, which must all get one version; and what build/Torch.props chooses between.
    private static readonly string[] Pinned = ["Microsoft.ML.OnnxRuntime.Managed", "StackExchange.Redis", "SharpZipLib", "SkiaSharp", "TorchSharp-cpu", "TorchSharp-cuda-linux"];

    private static IEnumerable<string> Named(string file, string element) =>
        XDocument.Load(file).Descendants(element).Select(e => (string?)e.Attribute("Include")).OfType<string>();

    [Fact]
    public void Every_package_that_has_a_version_is_referenced()
    {
        string[] projects =
        [
            .. new[] { "src", "tests", "samples", "bench", "build" }.SelectMany(f => Directory.EnumerateFiles(Path.Combine(Repository.Root, f), "*.*proj", SearchOption.AllDirectories)
                .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, f), "*.props", SearchOption.AllDirectories)))
                .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal)),
        ];
        var used = projects.SelectMany(f => Named(f, "PackageReference")).ToHashSet();
        Assert.Empty(Named(Path.Combine(Repository.Root, "Directory.Packages.props"), "PackageVersion").Except(used).Except(Pinned));
    }

    // A program outside references these, whose package pages are all that a stranger sees of them.
    [Fact]
    public void Packages_have_a_licence_a_page_and_tags()
    {
        var properties = XDocument.Load(Path.Combine(Repository.Root, "src/Directory.Build.props")).Descendants("PropertyGroup").Elements().ToDictionary(e => e.Name.LocalName, e => e.Value);
        Assert.Equal("MIT", properties["PackageLicenseExpression"]);
        Assert.StartsWith("MIT License", Repository.Read("LICENSE").TrimStart());
        Assert.Equal("README.md", properties["PackageReadmeFile"]);
        Assert.NotEmpty(properties["PackageTags"]);
    }
}
