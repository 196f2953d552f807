using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Sdk.Tests.Connecting;

/// <summary>What is asked over HTTP is what is asked of a grain: nothing of a record is lost on the way.</summary>
public sealed class ClusterJsonTests
{
    private int _made;

    [Fact]
    public void Every_property_of_every_record_travels()
    {
        Travels(ClusterJson.Default.IReadOnlyListJobStatus);
        Travels(ClusterJson.Default.JobStatus);
        Travels(ClusterJson.Default.IReadOnlyListSiloInfo);
        Travels(ClusterJson.Default.IReadOnlyListJobEvent);
        Travels(ClusterJson.Default.GoodputReport);
        Travels(ClusterJson.Default.JobActivity);
        Travels(ClusterJson.Default.SubmissionDocument);
    }

    [Fact]
    public void Numbers_travel_to_the_last_bit_whether_they_are_finite_or_not()
    {
        double[] losses = [0.1 + 0.2, double.Epsilon, double.MaxValue, double.NaN, double.PositiveInfinity, double.NegativeInfinity];
        var status = new JobStatus
        {
            JobId = "a-1",
            Name = "a",
            State = JobState.Failed,
            Points = [.. losses.Select((loss, i) => new MetricPoint(i, 0, loss, null, null, null, 0))],
        };
        Assert.Equal(losses, Again(status, ClusterJson.Default.JobStatus).Points.Select(p => p.Loss));
    }

    [Fact]
    public void A_submission_is_the_same_on_the_other_side()
    {
        var folder = Directory.CreateTempSubdirectory("granary-test-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "a.csv"), "b\n1\n");
            Travels(JobFile.Parse("version: 1\nname: own\nmodel: { kind: own, options: { width: 3 } }\ndata: { format: csv, path: a.csv, label: b, shards: 3 }\ntraining: { epochs: 2, batch: 4, seed: 1, optimizer: { kind: sgd, learningRate: 0.1 } }\n", "j.yaml", folder.FullName, [], "/", anyKind: true));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Travels(Job job)
    {
        var submission = new Submission(job, "/out", "über-1", 3, "/before", "group", [new JobWarning("kind", "message")], true, ["silo-1"]);
        var again = Again(SubmissionDocument.Of(submission), ClusterJson.Default.SubmissionDocument).Submission();
        Assert.Equal(submission.Job, again.Job);
        Assert.Equivalent(submission with { Job = again.Job }, again, strict: true);
    }

    private static T Again<T>(T record, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(JsonSerializer.Serialize(record, type), type)!;

    private void Travels<T>(JsonTypeInfo<T> type)
    {
        var record = (T)Make(typeof(T));
        Assert.Equivalent(record, Again(record, type), strict: true);
    }

    // Any value that is not the type's default.
    private object Make(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        _made++;
        if (type.IsEnum)
        {
            return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)!;
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
        {
            return new Dictionary<string, int> { ["a"] = _made, ["b"] = ++_made };
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var list = Array.CreateInstance(type.GetGenericArguments()[0], 2);
            list.SetValue(Make(type.GetGenericArguments()[0]), 0);
            list.SetValue(Make(type.GetGenericArguments()[0]), 1);
            return list;
        }

        return type == typeof(string) ? $"text {_made} \"\\\n<é>"
            : type == typeof(bool) ? true
            : type == typeof(DateTimeOffset) ? new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)).AddTicks(_made)
            : type.IsPrimitive ? Convert.ChangeType(type == typeof(double) ? _made + 0.1 : _made, type, null)
            : Filled(type);
    }

    private object Filled(Type type)
    {
        var constructor = type.GetConstructors().Where(c => !(c.GetParameters() is [var only] && only.ParameterType == type)).MaxBy(c => c.GetParameters().Length);
        var made = constructor is null ? Activator.CreateInstance(type)! : constructor.Invoke([.. constructor.GetParameters().Select(p => Make(p.ParameterType))]);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.SetMethod is not null))
        {
            property.SetValue(made, Make(property.PropertyType));
        }

        return made;
    }
}
