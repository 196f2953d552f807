using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Tests.Data;

public sealed class SourceWarningTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private void Write(params string[] files)
    {
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[file])!);
            _folder.Write(file, "a,y\n1,p\n2,q\n");
        }
    }

    private string[] Warnings(string path, string? validation = null) =>
    [
        .. DataCheck.Inspect(DataFolder.Job(new DataSection
        {
            Format = "csv", Path = _folder[path], Label = "y", Shards = 1, Validation = new() { Path = validation is null ? null : _folder[validation] },
        }), 1, withColumns: false).Warnings.Where(w => w.Kind is "hidden-files" or "partition-columns").Select(w => w.Message),
    ];

    [Fact]
    public void Hidden_files_that_might_be_data_are_told_and_bookkeeping_is_not()
    {
        Write("d/1.csv", "d/.ipynb_checkpoints/1-checkpoint.csv", "d/_SUCCESS", "d/.1.csv.crc", "v/1.csv", "v/._1.csv");
        Assert.Equal(
            ["d: 1 hidden or backup file is not read: .ipynb_checkpoints/1-checkpoint.csv. To read one alone, name it in data.path; to read it with the others, rename it or its folder."],
            Warnings("d"));
        Assert.Equal(2, Warnings("d", "v").Length);
        Assert.StartsWith("v/*.csv: 1 hidden or backup file is not read: ._1.csv. To read one alone, name it in data.validation.path;", Warnings("d/1.csv", "v/*.csv").Single());
        Assert.StartsWith("d/**/*.csv: 1 hidden or backup file is not read: .ipynb_checkpoints/1-checkpoint.csv.", Warnings("d/**/*.csv").Single());
        Assert.Empty(Warnings("d/*.csv"));
        Assert.Empty(Warnings("d/1.csv"));
        Assert.Empty(Warnings("v/.*"));
        Assert.Empty(Warnings("v/._1.csv"));
    }

    [Fact]
    public void Partitions_are_told()
    {
        Write("p/year=2024/1.csv", "p/year=2025/1.csv");
        Assert.StartsWith("p/**: 'year' stands in names of folders and not in the files, and is not read.", Warnings("p/**").Single());
        Assert.Empty(Warnings("p/year=2024"));
    }
}
