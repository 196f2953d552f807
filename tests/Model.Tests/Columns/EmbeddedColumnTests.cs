using System.Text;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;
using Granary.Model.Prediction;
using Granary.Model.Tests.Data;
using Granary.Model.Tests.Files;
using Granary.Model.Training;

namespace Granary.Model.Tests.Columns;

/// <summary>Columns whose categories have vectors: which row of the table each cell has, over any number of shards, in training and in use.</summary>
public sealed class EmbeddedColumnTests : IDisposable
{
    private const string Rows = "a,city,y\n1,Ulm,u\n2,Bonn,v\n3,,u\n4,Ulm,v\n5,Jena,u\n6,Ulm,v\n";

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static ColumnSection City(int width = 3) => new() { Kind = "categorical", Missing = MissingRule.Slot, Embedding = width };

    private Job Job(string text, int shards, params (string Name, ColumnSection Section)[] columns)
    {
        var job = MixedTable.Job(_folder.Write("d.csv", text), shards, new ColumnsSection(false, columns.ToDictionary(c => c.Name, c => c.Section)));
        return job with { Model = new ModelSection { Kind = "mlp", Hidden = [4], Precision = Precision.Float64 } };
    }

    private static double[] Column(Job job, DataFacts facts, int feature) => [.. MixedTable.Features(job, facts).Select(row => row[feature])];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Each_category_has_a_row_of_its_own_and_so_have_unseen_and_missing_ones(int shards)
    {
        var job = Job(Rows, shards, ("city", City()));
        var facts = DataCheck.Run(job, 2).Facts;
        Assert.Equal(["a", "city"], facts.Columns);
        Assert.Equal(["Bonn", "Jena", "Ulm"], facts.Table!.Columns[1].Categories);
        Assert.Equal(new InputShape(2, 2) { Embedded = [new EmbeddedFeature(1, 5, 3, 2)] }, facts.Shape);
        Assert.Equal([2, 0, 4, 2, 1, 2], Column(job, facts, 1));
    }

    [Fact]
    public void Rows_held_out_have_no_part_in_the_vocabulary()
    {
        var job = Job("a,city,y\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},c{i},{(i % 2 == 0 ? "u" : "v")}\n")), 2, ("city", City()));
        job = job with { Data = job.Data with { Validation = new() { Fraction = 0.5 } } };
        var facts = DataCheck.Run(job, 2).Facts;
        Assert.Equal(20, facts.Table!.Columns[1].Categories.Length);
        Assert.Equal(22, facts.Shape.Embedded![0].Entries);
        Assert.Equal(20, Column(job, facts, 1).Count(place => place == 20)); // each row held out has a city that is new
    }

    [Fact]
    public void Rare_categories_share_the_row_of_unseen_ones()
    {
        var job = Job(Rows, 2, ("city", City() with { MinCount = 2 }));
        var facts = DataCheck.Run(job, 2).Facts;
        Assert.Equal(new EmbeddedFeature(1, 3, 3, 2), facts.Shape.Embedded![0]);
        Assert.Equal([0, 1, 2, 0, 1, 0], Column(job, facts, 1));
    }

    [Fact]
    public void Hashed_categories_have_the_rows_of_the_buckets_that_are_features_otherwise()
    {
        var (hashed, vectors) = (City() with { Buckets = 8, Embedding = null }, City() with { Buckets = 8 });
        var (one, other) = (Job(Rows, 2, ("city", hashed)), Job(Rows, 2, ("city", vectors)));
        var features = MixedTable.Features(one, DataCheck.Run(one, 2).Facts);
        var facts = DataCheck.Run(other, 2).Facts;
        Assert.Equal(new EmbeddedFeature(1, 9, 3, 1), facts.Shape.Embedded![0]);
        Assert.Equal(features.Select(row => (double)Array.IndexOf(row, 1.0, 1) - 1), Column(other, facts, 1));
    }

    [Fact]
    public void Vectors_come_before_the_layers_and_those_of_no_category_start_at_zero()
    {
        var job = Job(Rows, 2, ("city", City()));
        var facts = DataCheck.Run(job, 2).Facts;
        var shape = ModelShape.Of(job.Model, facts.Shape);
        Assert.Equal(["embeddings.0.weight", "layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"], shape.Select(p => p.Name));
        Assert.Equal([[5, 3], [4, 4], [4], [2, 4], [2]], shape.Select(p => p.Dims.ToArray()));

        double[] Start(long seed)
        {
            var flat = new double[ModelShape.Weights(shape)];
            InitialWeights.Fill<double>(shape, seed, flat);
            ModuleWeights.Fill<double>(job, facts.Shape, flat);
            return flat;
        }

        Assert.All(Start(1)[9..15], w => Assert.Equal(0, w));
        Assert.All(Start(1)[..9].Concat(Start(1)[15..31]), w => Assert.NotEqual(0, w));
        Assert.Equal(Start(1), Start(1));
        Assert.NotEqual(Start(1)[..9], Start(2)[..9]);
    }

    // Of the layers 6 for each weight, as the vectors below them are learnt too, and an addition for each number of the vector.
    [Fact]
    public void Operations_are_those_of_the_layers_and_of_one_vector() => Assert.Equal(
        (6 * ((4 * 4) + (2 * 4))) + 3,
        ModelWork.FlopsPerExample(new ModelSection { Kind = "mlp", Hidden = [4] }, new InputShape(2, 2) { Embedded = [new EmbeddedFeature(1, 5, 3, 2)] }));

    [Fact]
    public void A_saved_model_predicts_rows_with_new_and_missing_categories_and_says_so()
    {
        var job = Job(Rows, 2, ("city", City()));
        SampleModels.Write(SampleModels.Create(job.Model, job.Data, DataCheck.Run(job, 2).Facts), _folder["m.safetensors"]);
        var model = TrainedModel.Load(_folder["m.safetensors"]);
        using var output = new MemoryStream();
        var report = PredictionTable.Write(model, _folder.Write("in.csv", "city,a\nUlm,1\nAtlantis,1\n,1\nOz,1\n"), output);
        var lines = Encoding.UTF8.GetString(output.ToArray()).TrimEnd().Split('\n')[1..];
        Assert.Equal(3, lines.Distinct().Count());
        Assert.Equal(lines[1], lines[3]);
        Assert.Equal(["column 'city': 2 rows have categories that the model has not seen, the first of them 'Atlantis'"], report.Unseen);
    }

    [Fact]
    public void A_file_whose_vectors_are_not_those_of_its_categories_is_refused()
    {
        var job = Job(Rows, 2, ("city", City()));
        var model = SampleModels.Create(job.Model, job.Data, DataCheck.Run(job, 2).Facts);
        var forged = model with { Facts = model.Facts with { Shape = model.Facts.Shape with { Embedded = [new EmbeddedFeature(1, 5, 3, 1)] } } };
        SampleModels.Write(forged, _folder["m.safetensors"]);
        Assert.Contains("its vectors are not those of its columns' categories", Assert.Throws<JobException>(() => TrainedModel.Load(_folder["m.safetensors"])).Message);
    }

    [Fact]
    public void A_check_shows_which_vector_each_row_gets()
    {
        var report = DataCheck.Inspect(Job(Rows, 2, ("city", City())), 2, withColumns: true).Report;
        Assert.Equal(["a", "city (row of 5 vectors, from 0)"], report.Preview!.Features);
        Assert.Equal([2, 0, 4], report.Preview.Rows.Select(r => r[1]));
    }

    [Fact]
    public void Vectors_that_no_silo_could_hold_are_refused_by_their_size()
    {
        var job = Job(Rows, 2, ("city", City(1024) with { Buckets = 1 << 18 }));
        var message = Assert.Throws<JobException>(() => DataCheck.Run(job, 2)).Message;
        Assert.Contains("268,436,480 of them in vectors of categories, and a silo holds 2 GB of weights at the most. Set a smaller embedding,", message);
    }

    [Fact]
    public void Vectors_start_from_a_model_of_the_same_categories_alone()
    {
        InitialMatch Match(string rows)
        {
            var trained = Job(Rows, 2, ("city", City()));
            SampleModels.Write(SampleModels.Create(trained.Model, trained.Data, DataCheck.Run(trained, 2).Facts), _folder["start.safetensors"]);
            var job = Job(rows, 2, ("city", City()));
            var facts = DataCheck.Run(job, 2).Facts;
            return InitialFile.Match(job with { Model = job.Model with { Init = _folder["start.safetensors"] } }, facts, ModelShape.Of(job.Model, facts.Shape))!;
        }

        Assert.Equal(5, Match(Rows).Taken.Count);
        var other = Match(Rows.Replace("Jena", "Kiel"));
        Assert.Equal(["embeddings.0.weight", "layers.0.weight"], other.OfOtherCategories);
        Assert.Equal(["layers.0.bias", "layers.1.weight", "layers.1.bias"], other.Taken);
        Assert.Contains("Not taken, as the file's columns or categories are others: embeddings.0.weight, layers.0.weight.", other.Describe());
    }
}
