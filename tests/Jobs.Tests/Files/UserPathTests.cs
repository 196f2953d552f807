namespace Granary.Jobs.Tests;

public sealed class UserPathTests : IDisposable
{
    private static readonly string Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("~", "{0}")]
    [InlineData("~/a b.csv", "{0}/a b.csv")]
    [InlineData("~//a/../b", "{0}/b")]
    [InlineData("./~", "/w/~")]
    [InlineData("a~/b", "/w/a~/b")]
    [InlineData("a/~/b", "/w/a/~/b")]
    [InlineData("~b", "/w/~b")]
    [InlineData("d/", "/w/d")]
    [InlineData("/", "/")]
    public void A_tilde_at_the_start_is_the_home_folder(string text, string path) =>
        Assert.Equal(string.Format(null, path, Home), UserPath.Absolute(text, "/w"));

    [Theory]
    [InlineData("${HOME}/d.csv", " Variables are not replaced here")]
    [InlineData("in/${X}.csv", " Variables are not replaced here")]
    [InlineData("$HOME/d.csv", " Variables are not replaced here")]
    [InlineData("%USERPROFILE%/d.csv", " Variables are not replaced here")]
    [InlineData("~somebody/d.csv", " Only ~/ stands for a home folder, that of whoever runs the command: write the folder of '~somebody' out.")]
    [InlineData("d.csv", "")]
    [InlineData("100%.csv", "")]
    [InlineData("cost$.csv", "")]
    public void A_path_that_leads_nowhere_and_was_to_be_replaced_is_explained(string text, string hint)
    {
        File.WriteAllText(Path.Combine(_folder, "e.csv"), "a,label\n1,x\n");
        var message = Assert.Throws<JobException>(() => JobFile.Parse(
            $"{{version: 1, name: j, model: {{kind: softmax}}, data: {{format: csv, path: '{text}', label: label}}, training: {{epochs: 1}}}}", "j.yaml", _folder, [], "/")).Message;
        Assert.StartsWith($"j.yaml:1: data.path: there is no file {Path.Combine(_folder, text)}.{hint}", message);
        Assert.Equal(hint.Length == 0, message.EndsWith($"{text}.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_that_looks_like_a_variable_may_be_a_file()
    {
        File.WriteAllText(Path.Combine(_folder, "${x}.csv"), "a,label\n1,x\n");
        var job = JobFile.Parse(
            "{version: 1, name: j, model: {kind: softmax}, data: {format: csv, path: '${x}.csv', label: label}, training: {epochs: 1}}", "j.yaml", _folder, [], "/");
        Assert.Equal(Path.Combine(_folder, "${x}.csv"), job.Data.Path);
    }

    [Fact]
    public void Every_key_that_names_a_file_takes_the_home_folder()
    {
        // No file of a test belongs there: what the message names is where it was looked for.
        foreach (var key in new[] { "data.path", "data.validation.path", "model.init" })
        {
            var message = Assert.Throws<JobException>(() => JobFile.Parse(
                "{version: 1, name: j, model: {kind: softmax}, data: {format: csv, path: e.csv, label: label}, training: {epochs: 1}}",
                "j.yaml", File(), [$"{key}=~/granary-no-such-file"], "/")).Message;
            Assert.Equal($"--set {key}=~/granary-no-such-file: {key}: there is no file {Home}/granary-no-such-file.", message);
        }

        string File()
        {
            System.IO.File.WriteAllText(Path.Combine(_folder, "e.csv"), "a,label\n1,x\n");
            return _folder;
        }
    }
}
