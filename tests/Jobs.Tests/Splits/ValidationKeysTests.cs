namespace Granary.Jobs.Tests.Splits;

public sealed class ValidationKeysTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Job Parse(string validation, params string[] set)
    {
        File.WriteAllText(Path.Combine(_folder, "d.csv"), "a,g,y\n1,2,p\n");
        File.WriteAllText(Path.Combine(_folder, "t.txt"), "some text");
        return JobFile.Parse(
            $"version: 1\nmodel: {{ kind: softmax }}\ndata: {{ format: csv, path: d.csv, label: y, validation: {{ {validation} }} }}\ntraining: {{ epochs: 1, batch: 1 }}\n", "j.yaml", _folder, set, _folder);
    }

    [Theory]
    [InlineData("fraction: 0.2, group: g", "group: g")]
    [InlineData("fraction: 0.2, stratified: true", "stratified: true")]
    [InlineData("fraction: 0.2, from: end", "from: end")]
    [InlineData("fraction: 0.2, time: g", "time: g")]
    [InlineData("fraction: 0.2, time: g, from: end", "time: g")]
    [InlineData("fold: 2/5", "fold: 2/5")]
    [InlineData("fold: 2/5, group: g", "group: g")]
    [InlineData("fold: 2/5, stratified: true", "stratified: true")]
    public void A_split_is_read_and_written(string validation, string line)
    {
        var job = Parse(validation);
        var written = JobFile.Write(job);
        Assert.Contains(line, written.Replace("\"", "", StringComparison.Ordinal));
        Assert.Equal(job.Data.Validation, JobFile.Parse(written, "again.yaml", _folder, [], _folder).Data.Validation);
        Assert.NotNull(SplitRule.Of(job));
    }

    [Theory]
    [InlineData("fraction: 0.2")]
    [InlineData("fraction: 0.2, from: anywhere")]
    [InlineData("fraction: 0.2, stratified: false")]
    public void A_plain_split_is_written_as_before(string validation)
    {
        var job = Parse(validation);
        var written = JobFile.Write(job);
        Assert.All(["group", "time", "stratified", "fold", "from"], key => Assert.DoesNotContain($"{key}:", written));
        Assert.Null(SplitRule.Of(job));
    }

    [Theory]
    [InlineData("group: g", "data.validation.group says how rows are held out, but none are: set data.validation.fraction, or take group out.")]
    [InlineData("path: d.csv, group: g", "data.validation.group says how rows are held out, but data.validation.path is a source of its own: take group out.")]
    [InlineData("stratified: true", "data.validation.stratified says how rows are held out, but none are")]
    [InlineData("fraction: 0.2, group: y", "data.validation.group is 'y', which is the label (data.label): choose another column.")]
    [InlineData("fraction: 0.2, time: y", "data.validation.time is 'y', which is the label (data.label): choose another column.")]
    [InlineData("fraction: 0.2, group: g, stratified: true", "data.validation.stratified and group cannot both hold")]
    [InlineData("fraction: 0.2, group: g, from: end", "data.validation.group and from: end each say which rows are held out: take one of the two out.")]
    [InlineData("fraction: 0.2, group: g, time: a", "data.validation.group and time each say which rows are held out: take one of the two out.")]
    [InlineData("fraction: 0.2, stratified: true, from: end", "data.validation.stratified and from: end each say")]
    [InlineData("fraction: 0.2, time: a, from: anywhere", "data.validation.from is anywhere, but data.validation.time is 'a', whose latest rows are held out: take one of the two out.")]
    [InlineData("time: a", "data.validation.time is 'a', but no fraction is held out: set data.validation.fraction, or take time out.")]
    [InlineData("fold: 1/5, time: a", "data.validation.time is 'a', but no fraction is held out: folds are of all rows: take time out.")]
    [InlineData("fold: 1/5, from: end", "data.validation.from is end, but no fraction is held out: folds are of all rows: take from out.")]
    [InlineData("fold: 1/5, fraction: 0.2", "data.validation has a fold (1/5) and a fraction: held-out examples come from one or the other.")]
    [InlineData("fold: 1/5, path: d.csv", "data.validation has a fold (1/5) and a path")]
    [InlineData("fold: 6/5", "data.validation.fold is '6/5', but must be i/k with 1 <= i <= k and k from 2 to 1000: 2/5, for example.")]
    public void What_cannot_stand_together_is_one_message(string validation, string message)
    {
        var said = Assert.Throws<JobException>(() => Parse(validation)).Message;
        Assert.StartsWith("j.yaml:3: ", said);
        Assert.Contains(message, said);
        Assert.DoesNotContain('\n', said);
    }

    [Theory]
    [InlineData("fraction: 0.2, group: g", "data.validation.group is 'g', which is the weight (data.weight), too: choose another column for one of the two.", "data.weight=g")]
    [InlineData("fraction: 0.2, time: g", "data.validation.time is 'g', which is the weight (data.weight), too: choose another column for one of the two.", "data.weight=g")]
    [InlineData("fold: 1/2, group: g", "data.validation.group is 'g', which is the weight (data.weight), too: choose another column for one of the two.", "data.weight=g")]
    [InlineData("fraction: 0.2, group: g", "data.validation.group is 'g', which is a label (data.labelColumns), too: choose another column for one of the two.", "data.label=null", "data.target=labels", "data.labelColumns=[a, g]")]
    [InlineData("fraction: 0.2, time: a", "data.validation.time is 'a', which is a label (data.labelColumns), too: choose another column for one of the two.", "data.label=null", "data.target=labels", "data.labelColumns=[a, g]")]
    public void A_column_is_one_thing(string validation, string message, params string[] set)
    {
        foreach (var more in new string[][] { [], ["data.columns=infer"], ["data.format=parquet"] })
        {
            Assert.EndsWith(message, Assert.Throws<JobException>(() => Parse(validation, [.. set, .. more])).Message);
        }
    }

    [Fact]
    public void A_group_that_is_a_feature_is_refused_by_name() => Assert.Contains(
        "data.validation.group is 'g', which data.columns makes a feature: a model would learn the groups by heart. Take it out of one of the two.",
        Assert.Throws<JobException>(() => Parse("fraction: 0.2, group: g", "data.columns={g: categorical}")).Message);

    [Fact]
    public void A_time_that_is_a_category_is_refused() => Assert.Contains(
        "data.validation.time is 'g', which data.columns describes as categorical: times are numbers or dates.",
        Assert.Throws<JobException>(() => Parse("fraction: 0.2, time: g", "data.columns={g: categorical}")).Message);

    [Theory]
    [InlineData("stratified: true, fraction: 0.2", "data.validation.stratified has no meaning where data.target is number: there are no classes. Take it out.")]
    public void A_number_has_no_classes(string validation, string message) =>
        Assert.Contains(message, Assert.Throws<JobException>(() => Parse(validation, "data.target=number", "model={kind: linear}")).Message);
}
