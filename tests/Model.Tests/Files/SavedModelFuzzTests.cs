using System.Text;
using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Tests.Files;

/// <summary>Whatever stands in a file, reading it ends with a model or with one message, and takes no more memory than a small
/// multiple of the file.</summary>
public sealed class SavedModelFuzzTests
{
    private const int Inputs = 20_000;
    private const int Allocation = 2_000_000;

    private static readonly string[] Numbers =
        ["0", "-1", "1", "2", "1048576", "2147483647", "4294967296", "9223372036854775807", "99999999999999999999", "1e999", "1.5", "null", "\"x\"", "[]"];

    [Fact]
    public void Twenty_thousand_mutated_files_end_with_a_model_or_a_message()
    {
        var folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
        var files = SampleModels.All().Select((model, i) =>
        {
            var path = Path.Combine(folder, $"{i}.safetensors");
            SampleModels.Write(model, path);
            return File.ReadAllBytes(path);
        }).ToArray();
        Directory.Delete(folder, recursive: true);
        foreach (var file in files)
        {
            Load(file);
        }

        var (read, refused) = (0, 0);
        for (var i = 0; i < Inputs; i++)
        {
            var random = SeededRandom.For(20_000, RandomPurpose.Permutation, i, 0);
            var bytes = Mutate(files[i % files.Length], ref random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Load(bytes);
                read++;
            }
            catch (JobException e)
            {
                Assert.StartsWith("fuzz: ", e.Message);
                Assert.DoesNotContain('\n', e.Message);
                refused++;
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < Allocation, $"input {i} of {bytes.Length} bytes took {allocated}");
        }

        // Both ends happen: changed weights are a model too.
        Assert.True(read > 500 && refused > 10_000, $"{read} read, {refused} refused");
    }

    private static void Load(byte[] bytes)
    {
        using var file = SafetensorsFile.Open("fuzz", new MemoryStream(bytes));
        TrainedModelReader.Read(file);
    }

    private static byte[] Mutate(byte[] file, ref SeededRandom random)
    {
        var header = (int)BitConverter.ToInt64(file);
        switch (random.NextInt(6))
        {
            case 0: // bytes anywhere
                var changed = file.ToArray();
                for (var n = random.NextInt(4); n >= 0; n--)
                {
                    changed[random.NextInt(changed.Length)] = (byte)random.NextInt(256);
                }

                return changed;
            case 1: // cut off, or more than there should be
                var end = random.NextInt(file.Length + 16);
                return [.. file.Take(end), .. new byte[Math.Max(0, end - file.Length)]];
            case 2: // another length of the header
                var length = file.ToArray();
                BitConverter.TryWriteBytes(length, random.NextInt(2) == 0 ? (long)random.NextUInt64() : random.NextInt(2 * header));
                return length;
            case 3: // a number of the header
                return WithHeader(file, header, ReplaceNumber(Text(file, header), ref random));
            case 4: // a run of the header copied to another place of it
                var text = Text(file, header);
                var from = random.NextInt(header);
                var run = text.Substring(from, random.NextInt(Math.Min(200, header - from)));
                return WithHeader(file, header, text.Insert(random.NextInt(header), run));
            default: // one byte of the header
                var one = file.ToArray();
                one[8 + random.NextInt(header)] = (byte)"0123456789\"{}[],:\\ aF\0\u00ff"[random.NextInt(23)];
                return one;
        }
    }

    private static string Text(byte[] file, int header) => Encoding.Latin1.GetString(file, 8, header);

    private static string ReplaceNumber(string text, ref SeededRandom random)
    {
        var at = random.NextInt(text.Length);
        while (!char.IsAsciiDigit(text[at]))
        {
            at = (at + 1) % text.Length;
        }

        var end = at;
        while (char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return text[..at] + Numbers[random.NextInt(Numbers.Length)] + text[end..];
    }

    private static byte[] WithHeader(byte[] file, int header, string text) =>
        [.. BitConverter.GetBytes((long)text.Length), .. Encoding.Latin1.GetBytes(text), .. file.AsSpan(8 + header)];
}
