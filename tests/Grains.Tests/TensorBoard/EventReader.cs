using System.Buffers.Binary;
using System.Text.Json;
using Granary.Contracts;
using Tensorboard;

namespace Granary.Grains.Tests.TensorBoard;

/// <summary>Reads event files by other means than those that write them: the checksum bit by bit, the messages by the classes that were
/// generated from TensorFlow's own event.proto.</summary>
internal static class EventReader
{
    /// <summary>The events of a file, which must hold nothing else.</summary>
    public static IReadOnlyList<Event> Read(string path)
    {
        var events = new List<Event>();
        for (var rest = File.ReadAllBytes(path).AsSpan(); rest.Length > 0;)
        {
            var length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(rest));
            Assert.Equal(Masked(rest[..8]), BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]));
            Assert.Equal(Masked(rest.Slice(12, length)), BinaryPrimitives.ReadUInt32LittleEndian(rest[(12 + length)..]));
            events.Add(Event.Parser.ParseFrom(rest.Slice(12, length).ToArray())); // the classes are too old for spans
            rest = rest[(16 + length)..];
        }

        return events;
    }

    /// <summary>CRC-32C, as RFC 3720 defines it.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82f63b78 : crc >> 1;
            }
        }

        return ~crc;
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = Crc32C(bytes);
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }

    /// <summary>Checks that an ended job's only event file has exactly the points of metrics.jsonl, each once, and the histograms of every epoch
    /// that is to have some.</summary>
    public static void Check(JobStatus ended, params IReadOnlyList<string> parameters)
    {
        var output = ended.Result!.Output;
        var events = Read(Assert.Single(Directory.GetFiles(output, "*tfevents*")));
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        var values = events.Skip(1).SelectMany(e => e.Summary.Value.Select(v => (e.Step, v.Tag, Value: v))).ToLookup(v => v.Tag);
        var points = File.ReadLines(Path.Combine(output, "metrics.jsonl")).Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        foreach (var (tag, key) in new[]
        {
            ("train/loss", "loss"), ("train/epoch_loss", "epochLoss"), ("validation/loss", "validationLoss"),
            ("validation/accuracy", "validationAccuracy"), ("train/gradient_norm", "gradientNorm"),
        })
        {
            var expected = points.Where(p => p.TryGetProperty(key, out _)).Select(p => (p.GetProperty("step").GetInt64(), (float)p.GetProperty(key).GetDouble()));
            Assert.NotEmpty(expected);
            Assert.Equal(expected, values[tag].Select(v => (v.Step, v.Value.SimpleValue)).OrderBy(v => v.Step));
        }

        Assert.Equal(points.Length, values["train/learning_rate"].Count());
        Assert.All(values["train/examples_per_second"], v => Assert.True(v.Value.SimpleValue > 0));
        Assert.Equal(values["train/examples_per_second"].Select(v => v.Step).Distinct().Count(), values["train/examples_per_second"].Count());

        var every = Math.Max(1, (ended.Epochs + 99) / 100);
        var epochs = Enumerable.Range(1, (int)(ended.Step / ended.StepsPerEpoch)).Where(e => e % every == 0 || (e & (e - 1)) == 0 || e == ended.Epochs);
        foreach (var parameter in parameters)
        {
            Assert.Equal(epochs.Select(e => e * ended.StepsPerEpoch), values[$"weights/{parameter}"].Select(v => v.Step).Order());
        }
    }
}
