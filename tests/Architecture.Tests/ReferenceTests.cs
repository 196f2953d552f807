using System.Xml.Linq;

namespace Granary.Architecture.Tests;

public class ReferenceTests
{
    private static (string[] Projects, string[] Packages) References(string project)
    {
        var xml = XDocument.Parse(Repository.Read($"src/{project}/{project}.csproj"));
        return (
            [.. xml.Descendants("ProjectReference").Where(r => (string?)r.Attribute("ReferenceOutputAssembly") != "false")
                .Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!)).Order()],
            [.. xml.Descendants("PackageReference").Select(r => (string)r.Attribute("Include")!)]);
    }

    [Theory]
    [InlineData("Jobs", "")]
    [InlineData("Contracts", "Jobs")]
    [InlineData("Model", "Jobs")]
    [InlineData("Grains", "Contracts,Model")]
    [InlineData("Web", "Contracts,Jobs")]
    [InlineData("Silo", "Grains,Web")]
    [InlineData("Sdk", "Contracts,Jobs")]
    [InlineData("Inference", "Model,Sdk")]
    [InlineData("Client", "Contracts,Jobs,Sdk")]
    public void Rooms_know_only_their_neighbours(string project, string neighbours) =>
        Assert.Equal(neighbours, string.Join(',', References(project).Projects));

    [Theory]
    [InlineData("Jobs", "Orleans,Torch,OpenTelemetry")]
    [InlineData("Contracts", "Torch,OpenTelemetry,Clustering")]
    [InlineData("Model", "Orleans,TorchSharp-,libtorch")]
    [InlineData("Grains", "Clustering,Persistence,Kubernetes,OpenTelemetry,TorchSharp-,Sqlite,Redis")]
    [InlineData("Web", "Orleans,Torch,OpenTelemetry,Spectre.Console,System.CommandLine")]
    [InlineData("Sdk", "Torch,Spectre.Console,System.CommandLine")]
    [InlineData("Inference", "Orleans,TorchSharp-,Spectre.Console,System.CommandLine")]
    [InlineData("Client", "Torch,Orleans,Sqlite,Redis")]
    public void Rooms_stay_free_of_what_others_choose(string project, string words) =>
        Assert.DoesNotContain(References(project).Packages, p => words.Split(',').Any(w => p.Contains(w, StringComparison.Ordinal)));

    [Fact]
    public void No_tensor_is_in_a_contract() =>
        Assert.DoesNotContain(Repository.Sources("src/Contracts"), f => File.ReadAllText(f).Contains("Torch", StringComparison.Ordinal));

    // A step needs none of it: whoever writes files of that kind has it, and nobody else.
    [Fact]
    public void Nobody_but_the_export_knows_the_messages_of_ONNX() => Assert.All(
        Repository.Sources("src").Where(f => !f.Contains("/Model/Onnx/", StringComparison.Ordinal)),
        f => Assert.DoesNotMatch(@"global::Onnx|Google\.Protobuf", File.ReadAllText(f)));

    // What a program says to its user is the program's to say.
    [Theory]
    [InlineData("src/Sdk")]
    [InlineData("src/Inference")]
    public void Libraries_say_nothing_and_end_nothing(string room) => Assert.All(
        Repository.Sources(room), f => Assert.DoesNotMatch(@"\bConsole\.|\bEnvironment\.(Exit|FailFast)\b", File.ReadAllText(f)));

    // Whoever wants to know something of a kind or a format asks its description: a comparison would be a case that the next kind misses.
    [Fact]
    public void Nobody_asks_which_kind_of_model_or_format_of_data_it_is() => Assert.All(
        Repository.Sources("src"), f => Assert.DoesNotMatch(
            @"(Model|model|kind)\.Kind (==|!=|is|switch)\b?|(Data|data|section|format)\.Format (==|!=|is|switch)\b?|\{ (Kind|Format): """, File.ReadAllText(f)));

    [Fact]
    public void Files_have_one_idea() =>
        Assert.All(Repository.Sources("src"), f => Assert.True(File.ReadLines(f).Count() <= 400, f));

    [Fact]
    public void Nothing_is_left_for_later() => Assert.All(
        Repository.Sources("src"), f => Assert.DoesNotMatch("TODO|FIXME|NotImplementedException", File.ReadAllText(f)));

    [Theory]
    [InlineData("breast-cancer-logistic")]
    [InlineData("digits-mlp")]
    [InlineData("iris-softmax")]
    [InlineData("iris-linear")]
    [InlineData("subscribers-logistic")]
    [InlineData("source-transformer")]
    [InlineData("nanogpt-cpu")]
    [InlineData("source-skip-gram")]
    [InlineData("fashion-mlp")]
    [InlineData("fashion-cnn")]
    [InlineData("shapes-cnn")]
    public void Examples_are_good_job_files(string name)
    {
        Assert.SkipWhen(
            name.StartsWith("fashion-", StringComparison.Ordinal) && !Directory.Exists("/usr/share/datasets/fashion-mnist"),
            "Fashion-MNIST is not here: apt-get install dataset-fashion-mnist");
        Assert.Equal(name, Granary.Jobs.JobFile.Load(Path.Combine(Repository.Root, "examples", name + ".yaml"), [], "/").Name);
    }
}
