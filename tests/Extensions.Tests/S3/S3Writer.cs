using System.Globalization;
using Granary.Contracts;
using Granary.Silo.Storage.S3;
using Granary.Tests.Support;

namespace Granary.Extensions.Tests.S3;

/// <summary>Writes parts; started as a process of its own, which is killed.</summary>
public sealed class S3Writer
{
    internal static CheckpointId Id(int number) => new("job", number, 1);

    // Parts of one piece, of two, and of a little more than one; each number has its own bytes.
    internal static byte[] Content(int number)
    {
        var bytes = new byte[(number % 4) switch { 0 => 18 << 20, 1 => 100_000, 2 => 1, _ => (16 << 20) + 3 }];
        new Random(number).NextBytes(bytes);
        return bytes;
    }

    [Fact(Explicit = true)]
    public void Writes_parts_until_it_is_killed()
    {
        using var store = new S3CheckpointStore($"s3://{S3Server.Bucket}/x");
        for (var number = int.Parse(Environment.GetEnvironmentVariable("FIRST_PART") ?? "1", CultureInfo.InvariantCulture); ; number++)
        {
            var content = Content(number);
            store.Write(Id(number), 0, to => to.Write(content));
        }
    }
}
