using System.Buffers.Binary;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Evaluation;
using Granary.Model.Files;
using Granary.Model.Tests.Files;

namespace Granary.Model.Tests.Data;

public sealed class IdxTests : IDisposable
{
    private static readonly (byte Type, string Name, double[] Values)[] Types =
    [
        (0x08, "ubyte", [0, 51, 102, 255]),
        (0x09, "sbyte", [-128, -1, 0, 127]),
        (0x0b, "int16", [-32768, -2, 300, 32767]),
        (0x0c, "int32", [int.MinValue, -70000, 5, int.MaxValue]),
        (0x0d, "float32", [-0.5, 0.25, 1, 1e30f]),
        (0x0e, "float64", [-0.1, 0.2, 1, 1e300]),
    ];

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // As the format's page describes it, written by hand.
    private static byte[] File(byte type, int[] sizes, IEnumerable<double> values)
    {
        var bytes = new List<byte> { 0, 0, type, (byte)sizes.Length };
        var word = new byte[8];
        foreach (var size in sizes)
        {
            BinaryPrimitives.WriteInt32BigEndian(word, size);
            bytes.AddRange(word[..4]);
        }

        foreach (var x in values)
        {
            switch (type)
            {
                case 0x08: bytes.Add((byte)x); break;
                case 0x09: bytes.Add((byte)(sbyte)x); break;
                case 0x0b: BinaryPrimitives.WriteInt16BigEndian(word, (short)x); bytes.AddRange(word[..2]); break;
                case 0x0c: BinaryPrimitives.WriteInt32BigEndian(word, (int)x); bytes.AddRange(word[..4]); break;
                case 0x0d: BinaryPrimitives.WriteSingleBigEndian(word, (float)x); bytes.AddRange(word[..4]); break;
                default: BinaryPrimitives.WriteDoubleBigEndian(word, x); bytes.AddRange(word); break;
            }
        }

        return [.. bytes];
    }

    private static DataSection Idx(string images, string labels, int shards = 1) => new() { Format = "idx", Path = images, Labels = labels, Shards = shards };

    private string Labels(params double[] labels) => _folder.Write("labels", File(0x08, [labels.Length], labels));

    [Fact]
    public void A_saved_model_knows_what_its_pixels_were_and_is_evaluated_on_no_others()
    {
        var (bytes, floats) = (_folder.Write("bytes", File(0x08, [2, 2], [0, 51, 102, 255])), _folder.Write("floats", File(0x0d, [2, 2], [0, 0.2, 0.4, 1])));
        var data = Idx(bytes, Labels(0, 1));
        var facts = DataCheck.Run(DataFolder.Job(data), 1).Facts;
        Assert.Equal("ubyte", facts.PixelType);
        var sample = SampleModels.Softmax();
        var path = _folder["m.safetensors"];
        void Save(DataFacts with) => SampleModels.Write(sample with { Data = data, Facts = sample.Facts with { Columns = [], Classes = ["0", "1", "2"], PixelType = with.PixelType } }, path);
        Save(facts);
        var model = TrainedModel.Load(path);
        Assert.Equal("ubyte", model.Facts.PixelType);
        Assert.Equal(2, EvaluationSource.Read(model, bytes, data.Labels, 0, 1).Rows);
        Assert.StartsWith($"floats: its pixels are float32, but {model.Name} was trained on ubyte pixels.",
            Assert.Throws<JobException>(() => EvaluationSource.Read(model, floats, data.Labels, 0, 1)).Message, StringComparison.Ordinal);
        var doubles = _folder.Write("doubles", File(0x0e, [2, 2], [0, 0.2, 0.4, 1]));
        Save(facts with { PixelType = "float32" }); // neither is scaled
        Assert.Equal(2, EvaluationSource.Read(TrainedModel.Load(path), doubles, data.Labels, 0, 1).Rows);
        Save(facts with { PixelType = null }); // as earlier builds did
        Assert.Equal(2, EvaluationSource.Read(TrainedModel.Load(path), floats, data.Labels, 0, 1).Rows);
        Save(facts with { PixelType = "int7" });
        Assert.Contains("idx has no pixels of type 'int7'", Assert.Throws<JobException>(() => TrainedModel.Load(path)).Message);
    }

    public static TheoryData<int[]> Shapes => [new[] { 4, 2 }, new[] { 4, 2, 1 }, new[] { 4, 1, 2, 1 }, new[] { 4, 1, 1, 2 }];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Numbers_of_every_type_and_shape_are_read_bytes_as_x_by_255_and_others_as_they_are(int[] sizes)
    {
        foreach (var (type, _, values) in Types)
        {
            var all = Enumerable.Range(0, 8).Select(i => values[((i * 3) + (i / 4)) % 4]).ToArray();
            foreach (var name in new[] { "i", "i.gz" })
            {
                foreach (var shards in new[] { 1, 3 })
                {
                    var rows = DataFolder.Union(DataFolder.Job(Idx(_folder.Write(name, File(type, sizes, all)), Labels(0, 1, 0, 1), shards)));
                    Assert.Equal(
                        DataFolder.Lines(all.Chunk(2).Select((x, i) => (x.Select(v => type == 0x08 ? v / 255 : v).ToArray(), $"{i % 2}"))),
                        DataFolder.Lines(rows));
                }
            }
        }
    }

    [Fact]
    public void Labels_are_whole_numbers_of_any_type()
    {
        var images = _folder.Write("i", File(0x0d, [4, 1], [1, 2, 3, 4]));
        foreach (var (type, name, values) in Types)
        {
            var labels = _folder.Write("l", File(type, [4], values));
            if (type < 0x0d)
            {
                Assert.Equal(
                    values.Select((v, i) => FormattableString.Invariant($"{i + 1} {v}")),
                    DataFolder.Lines(DataFolder.Union(DataFolder.Job(Idx(images, labels)))));
            }
            else
            {
                Assert.Equal($"l: it holds {name} numbers, but labels must be whole ones (ubyte, sbyte, int16 or int32).", DataFolder.Error(Idx(images, labels)));
            }
        }
    }

    [Fact]
    public void Labels_are_ids_of_classes_by_format_of_which_none_is_doubtful()
    {
        double[] ids = [.. Enumerable.Range(0, 120).Select(i => (double)(i % 30))];
        var images = _folder.Write("i", File(0x08, [120, 2], Enumerable.Range(0, 240).Select(i => (double)(i * 7 % 251))));
        Assert.DoesNotContain(DataCheck.Inspect(DataFolder.Job(Idx(images, Labels(ids))), 1, withColumns: false).Warnings, w => w.Kind == "continuous-target");
    }

    [Theory]
    [InlineData(0x08, 255, "ubyte", false)]
    [InlineData(0x09, 100, "sbyte", true)]
    [InlineData(0x0b, 299, "int16", true)]
    [InlineData(0x0c, 299, "int32", true)]
    [InlineData(0x0d, 299, "float32", true)]
    [InlineData(0x0d, 1, "float32", false)] // scaled by hand
    [InlineData(0x0e, 10, "float64", false)]
    public void A_check_says_type_and_dimensions_and_warns_where_values_are_not_scaled(byte type, int greatest, string name, bool warns)
    {
        var least = type == 0x08 ? 0 : 2 - greatest;
        double[] values = [.. Enumerable.Range(0, 240).Select(i => i == 5 ? least : i == 6 ? greatest : (double)(i % 2))];
        var labels = Labels([.. Enumerable.Range(0, 60).Select(i => (double)(i % 2))]);
        foreach (var (file, form) in new[] { ("i", $"{name}, 60 x 2 x 2"), ("i.gz", $"gzip, {name}, 60 x 2 x 2") })
        {
            var data = Idx(_folder.Write(file, File(type, [60, 2, 2], values)), labels);
            var found = DataCheck.Inspect(DataFolder.Job(data), 1, withColumns: true);
            Assert.Equal(form, found.Report.Files[0].Form);
            var warnings = found.Warnings.Where(w => w.Kind == "not-scaled").Select(w => w.Message);
            Assert.Equal(
                warns ? [$"{file}: the values are {name}, from {least} to {greatest}, and are not scaled: only ubyte becomes x / 255. Set data.standardize to true, or write them scaled."] : [],
                warnings);
            Assert.DoesNotContain(DataCheck.Inspect(DataFolder.Job(data with { Standardize = true }), 1, withColumns: true).Warnings, w => w.Kind == "not-scaled");
        }
    }

    [Fact]
    public void What_cannot_be_used_is_named()
    {
        var labels = Labels(0, 1);
        string Error(byte[] images) => DataFolder.Error(Idx(_folder.Write("i", images), labels));
        Assert.Equal("i: record 1, counted from 0, holds NaN, which is not a finite number: fill it in, or leave it out.", Error(File(0x0d, [2, 2], [1, 2, 3, double.NaN])));
        Assert.StartsWith("i: record 0, counted from 0, holds -Infinity", Error(File(0x0e, [2, 2], [double.NegativeInfinity, 2, 3, 4])));
        Assert.StartsWith("i: it is no IDX file: it begins with 0x00000a02, not with two zero bytes, a type (0x08 to 0x0e)", Error(File(0x0a, [2, 2], [])));
        Assert.StartsWith("i: it has 5 dimensions, but 4 can be read", Error(File(0x08, [2, 1, 1, 1, 1], [1, 2])));
        Assert.Equal("i: it is empty.", Error([]));
        Assert.StartsWith("i: it holds labels, but images are expected here.", Error(File(0x08, [2], [1, 2])));
        Assert.StartsWith("i: it is cut off within its header, after 8 bytes.", Error(File(0x08, [2, 2], [])[..8]));
        Assert.StartsWith("i: its header claims impossible sizes (2 x 2147483647 x 2147483647 x 4).", Error(File(0x08, [2, int.MaxValue, int.MaxValue, 4], [])));
        Assert.StartsWith("i: it is cut off: its header promises 2 records of 16 bytes, but only 1 are there.", Error(File(0x0e, [2, 2], [1, 2, 3])));
    }

    [Fact]
    public void Held_out_pixels_of_another_type_are_refused()
    {
        var data = Idx(_folder.Write("i", File(0x08, [2, 2], [1, 2, 3, 4])), Labels(0, 1));
        Assert.StartsWith("v: its pixels are int16, but i has ubyte pixels. Only ubyte becomes x / 255",
            DataFolder.Error(data with { Validation = new() { Path = _folder.Write("v", File(0x0b, [2, 2], [1, 2, 3, 4])), Labels = data.Labels } }));
        _folder.Write("i", File(0x0c, [2, 2], [1, 2, 3, 4])); // int32 and int16 mean the same numbers
        Assert.Equal(2, DataCheck.Run(DataFolder.Job(data with { Validation = new() { Path = _folder["v"], Labels = data.Labels } }), 1).Facts.ValidationRows.Sum());
    }
}
