using Granary.Extensions.Tests.Stores;
using Granary.Grains;
using Granary.Silo;
using Granary.Silo.Storage;

namespace Granary.Extensions.Tests;

/// <summary>A silo's program with extensions of its own: one line each.</summary>
[Collection(S3.S3StoreTests.InEnvironment)] // the program has this process use its store of files
public sealed class SiloProgramTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("nowhere", "nowhere: silos of far cannot meet under {home}; they have Reversed and MemoryCheckpoints.")]
    [InlineData("nowher", "--store is 'nowher', but must be one of sqlite, redis, postgres, nowhere.")]
    public async Task What_it_registers_is_in_its_silos(string store, string message)
    {
        var (errors, before) = (new StringWriter(), Console.Error);
        Console.SetError(TextWriter.Synchronized(errors));
        try
        {
            var code = await SiloProgram.Run(
                ["silo", "--store", store, "--home", _folder, "--cluster", "far", "--threads", "1", "--device", "cpu"],
                silo => silo.AddCodec<Reversed>().AddCheckpointStore<MemoryCheckpoints>().AddClusterStore<Nowhere>());
            Assert.Equal(2, code);
        }
        finally
        {
            Console.SetError(before);
        }

        Assert.Contains(message.Replace("{home}", _folder, StringComparison.Ordinal) + Environment.NewLine, errors.ToString());
    }
}
