using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Tests.Data;

public sealed class GzippedTextTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(TokenKind.Char)]
    [InlineData(TokenKind.Byte)]
    public void A_gzipped_text_reads_as_what_it_unpacks_to(TokenKind tokens)
    {
        var text = string.Concat(Enumerable.Range(0, 300).Select(i => $"{i * i}é東🦀"));
        DataSection Text(string path) => new() { Format = "text", Path = path, Tokens = tokens };
        var plain = Tokens(DataFolder.Job(Text(_folder.Write("t.txt", text)) with { Shards = 7 }));
        Assert.Equal(plain, Tokens(DataFolder.Job(Text(_folder.Write("t.txt.gz", text)) with { Shards = 7 })));
        _folder.Write("1.part", text[..100]);
        _folder.Write("2.part.gz", text[100..]);
        Assert.Equal(plain, Tokens(DataFolder.Job(Text(_folder["*.part*"]) with { Shards = 7 })));
    }

    [Theory]
    [InlineData(TokenKind.Word)]
    [InlineData(TokenKind.Whitespace)]
    public void Words_of_a_gzipped_text_are_those_of_what_it_unpacks_to(TokenKind tokens)
    {
        var text = string.Concat(Enumerable.Range(0, 300).Select(i => $"é{i % 17}東, 🦀x{i % 3}\n"));
        Job Words(string path) => DataFolder.Job(new DataSection { Format = "text", Path = path, Tokens = tokens, MinCount = 1, Shards = 7 }) with
        {
            Model = new ModelSection { Kind = "skip-gram", Window = 2 },
        };
        var plain = Tokens(Words(_folder.Write("t.txt", text)));
        Assert.NotEmpty(plain);
        Assert.Equal(plain, Tokens(Words(_folder.Write("t.txt.gz", text))));
    }

    private static long[] Tokens(Job job)
    {
        var (facts, _) = DataCheck.Run(job, 2);
        return [.. Enumerable.Range(0, job.Data.Shards).SelectMany(v =>
        {
            using var examples = ShardData.Read(job, v).Prepare(facts);
            return examples.Training(0, 0, examples.TrainingRows).Inputs.data<long>().ToArray();
        })];
    }
}
