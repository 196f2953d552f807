using System.Reflection;
using Granary.Sdk.Local;

namespace Granary.Sdk.Tests.Local;

/// <summary>Where the silo's program is looked for in Granary's own repository, and nowhere else on the machine that built it.</summary>
public sealed class SiloExecutableTests : IDisposable
{
    private static readonly string Built = typeof(SiloExecutable).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "SiloPath").Value!;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_program_within_a_repository_finds_the_silo_that_is_built_there()
    {
        var silo = Path.Combine(_folder, Built);
        Directory.CreateDirectory(Path.GetDirectoryName(silo)!);
        File.WriteAllText(silo, "");
        var program = Directory.CreateDirectory(Path.Combine(_folder, "samples", "Program", "bin")).FullName;
        Assert.Equal(silo, SiloExecutable.InRepository(program));
    }

    [Fact]
    public void A_program_elsewhere_finds_none() => Assert.Null(SiloExecutable.InRepository(_folder));

    // The assembly goes into a package: a path of the machine that built it would be wrong on every other one.
    [Fact]
    public void The_path_is_no_path_of_the_machine_that_built_it() => Assert.False(Path.IsPathRooted(Built), Built);
}
