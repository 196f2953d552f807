using Granary.Bench.Calibration;

namespace Granary.Bench.Tests;

public class MappedLibrariesTests
{
    private static readonly string[] Maps =
    [
        "557a3c000000-557a3c002000 r--p 00000000 fe:00 1311 /usr/bin/dotnet",
        "7f0000000000-7f0000001000 rw-p 00000000 00:00 0 ",
        "7f0000001000-7f0000002000 rw-p 00000000 00:00 0                          [heap]",
        "7f0000002000-7f0000003000 r-xp 00000000 fe:00 4711                       /a folder/libtorch_cpu.so",
        "7f0000003000-7f0000004000 rw-p 00001000 fe:00 4711                       /a folder/libtorch_cpu.so",
        "7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0                          [vdso]",
    ];

    [Fact]
    public void Files_come_once_and_with_their_spaces() => Assert.Equal(["/usr/bin/dotnet", "/a folder/libtorch_cpu.so"], MappedLibraries.Files(Maps));

    [Fact]
    public void A_library_is_found_by_its_name() => Assert.Equal("/a folder/libtorch_cpu.so", MappedLibraries.Find(Maps, "libtorch_cpu"));

    [Fact]
    public void And_not_by_its_folders() => Assert.Null(MappedLibraries.Find(Maps, "a folder"));
}
