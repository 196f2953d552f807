using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Tests.Columns;
using Granary.Model.Tests.Data;
using Granary.Model.Tests.Files;
using Granary.Model.Training;

namespace Granary.Model.Tests.Training;

/// <summary>Weights that start from a model with described columns meet the numbers that they were trained on, or it is said that they do not.</summary>
public sealed class InitialColumnsTests : IDisposable
{
    private const string Rows = "age,plan,y\n1,red,u\n2,blue,v\n3,red,u\n4,green,v\n";

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static ColumnsSection Columns(ColumnSection age, string plan = "categorical") =>
        new(false, new Dictionary<string, ColumnSection> { ["age"] = age, ["plan"] = new() { Kind = plan } });

    private static ColumnSection Age(ColumnScale scale) => new() { Kind = "numeric", Scale = scale };

    private Job Job(string rows, ColumnsSection? columns) => MixedTable.Job(_folder.Write("d.csv", rows), 2) is var job && columns is null
        ? job with { Data = job.Data with { Columns = null } }
        : job with { Data = job.Data with { Columns = columns } };

    /// <summary>What is said of a job that starts from a model of <see cref="Rows"/>, whose age has mean 0 and deviation 1.</summary>
    private InitialMatch Match(string rows, ColumnsSection? columns)
    {
        var trained = Job(Rows, Columns(Age(ColumnScale.Standard)));
        SampleModels.Write(SampleModels.Create(trained.Model, trained.Data, DataCheck.Run(trained, 2).Facts), _folder["start.safetensors"]);
        var job = Job(rows, columns);
        var facts = DataCheck.Run(job, 2).Facts;
        return InitialFile.Match(job with { Model = job.Model with { Init = _folder["start.safetensors"] } }, facts, ModelShape.Of(job.Model, facts.Shape))!;
    }

    [Fact]
    public void The_same_description_of_like_data_is_no_doubt()
    {
        Assert.False(Match(Rows, Columns(Age(ColumnScale.Standard))).IsDoubtful);
        Assert.False(Match(Rows.Replace("4,", "4.1,"), Columns(Age(ColumnScale.Standard))).IsDoubtful); // as another split would have it
        Assert.DoesNotContain("otherwise", Match(Rows.Replace("green", "pink"), Columns(Age(ColumnScale.Standard))).Describe()); // categories go by name
    }

    [Fact]
    public void Another_description_of_a_column_is_said()
    {
        var match = Match(Rows, Columns(Age(ColumnScale.Standard) with { Clip = [0, 3] }));
        Assert.True(match.IsDoubtful);
        Assert.Contains("Its columns were described otherwise: 'age' has clip [0,3] here and unset there. Describe them in the same way,", match.Describe());
    }

    [Fact]
    public void Another_scale_is_said_with_its_numbers_whatever_it_is_called()
    {
        var match = Match(Rows, Columns(Age(ColumnScale.MinMax)));
        Assert.True(match.IsDoubtful);
        Assert.Contains("'age' has mean 1 and deviation 3 here, 2.5 and 1.118 there,", match.Describe());
        Assert.Contains("'age' has mean 11.5 and deviation 16.47 here, 2.5 and 1.118 there,", Match(Rows.Replace("4,", "40,"), Columns(Age(ColumnScale.Standard))).Describe());
    }

    [Fact]
    public void Columns_that_only_one_of_the_two_describes_are_compared_by_what_becomes_of_them()
    {
        var match = Match("age,y\n1,u\n2,v\n3,u\n4,v\n", columns: null);
        Assert.Contains("'age' has mean 0 and deviation 1 here, 2.5 and 1.118 there,", match.Describe());
        Assert.True(match.IsDoubtful);
    }
}
