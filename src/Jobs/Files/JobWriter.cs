using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>Writes a job as a job file, keys in a fixed order, every default filled in that has a meaning for it.</summary>
internal static class JobWriter
{
    public static string Write(Job job)
    {
        var root = Map(
            ("version", Number(job.Version)),
            ("name", Text(job.Name)),
            ("model", Model(job.Model)),
            ("data", Data(job.Data)),
            ("training", Training(job.Training)));
        var text = new StringBuilder();
        using (var writer = new StringWriter(text, CultureInfo.InvariantCulture))
        {
            new YamlStream(new YamlDocument(root)).Save(writer, assignAnchors: false);
        }

        return text.ToString().Replace("...\n", "", StringComparison.Ordinal);
    }

    private static YamlMappingNode Model(ModelSection m) => m.Kind switch
    {
        ModelKind.Mlp => Map(
            ("kind", Name(m.Kind)),
            ("hidden", new YamlSequenceNode(m.Hidden.Select(h => Number(h))) { Style = YamlDotNet.Core.Events.SequenceStyle.Flow }),
            ("activation", Name(m.Activation)),
            ("loss", Name(m.Loss)),
            ("precision", Name(m.Precision)),
            ("init", Init(m))),
        ModelKind.Transformer => Map(
            ("kind", Name(m.Kind)),
            ("activation", Name(m.Activation)),
            ("precision", Name(m.Precision)),
            ("init", Init(m)),
            ("layers", Number(m.Layers)),
            ("width", Number(m.Width)),
            ("heads", Number(m.Heads)),
            ("keyWidth", m.KeyWidth is { } key ? Number(key) : null),
            ("context", Number(m.Context)),
            ("layerNorm", Bool(m.LayerNorm)),
            ("biases", Bool(m.Biases)),
            ("tiedUnembedding", Bool(m.TiedUnembedding)),
            ("dropout", Number(m.Dropout))),
        ModelKind.SkipGram => Map(
            ("kind", Name(m.Kind)),
            ("precision", Name(m.Precision)),
            ("init", Init(m)),
            ("width", Number(m.Width)),
            ("window", Number(m.Window)),
            ("negatives", Number(m.Negatives))),
        ModelKind.Own => Map(
            ("kind", new YamlScalarNode(m.KindName())),
            ("options", Options(m)),
            ("precision", Name(m.Precision)),
            ("init", Init(m))),
        _ => Map(("kind", Name(m.Kind)), ("precision", Name(m.Precision)), ("init", Init(m))),
    };

    private static YamlMappingNode? Options(ModelSection m) => m.Options.Count == 0 ? null : Map(
        [.. m.Options.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => (o.Key, (YamlNode?)Text(o.Value)))]);

    private static YamlScalarNode? Init(ModelSection m) => m.Init is { } path ? Text(path) : null;

    private static bool IsTable(DataSection d) => d.Format is DataFormat.Csv or DataFormat.Parquet;

    private static YamlMappingNode Data(DataSection d) => Map(
        ("format", Name(d.Format)),
        ("path", Text(d.Path)),
        ("labels", d.Labels is null ? null : Text(d.Labels)),
        ("label", d.Label is null ? null : Text(d.Label)),
        ("delimiter", d.Format == DataFormat.Csv ? Text(d.Delimiter) : null),
        ("missing", IsTable(d) ? Name(d.Missing) : null),
        ("missingValues", IsTable(d) ? new YamlSequenceNode(d.MissingSpellings.Select(Text)) { Style = YamlDotNet.Core.Events.SequenceStyle.Flow } : null),
        ("ignore", IsTable(d) ? new YamlSequenceNode(d.Ignore.Select(Text)) { Style = YamlDotNet.Core.Events.SequenceStyle.Flow } : null),
        ("target", d.Format == DataFormat.Text ? null : Name(d.Target)),
        ("cache", d.Format == DataFormat.Csv ? Bool(d.Cache) : null),
        ("features", d.Features is { } features ? Number(features) : null),
        ("standardize", d.Format == DataFormat.Text ? null : Bool(d.Standardize)),
        ("tokens", d.Format == DataFormat.Text ? Name(d.Tokens) : null),
        ("encoding", d.Encoding is { } encoding ? Name(encoding) : null),
        ("vocab", d.Vocab is { } vocab ? Text(vocab) : null),
        ("merges", d.Merges is { } merges ? Text(merges) : null),
        ("vocabulary", d.Vocabulary is { } kept ? Text(kept) : null),
        ("minCount", d.HasWords && d.Vocabulary is null ? Number(d.MinCount) : null),
        ("shards", Number(d.Shards)),
        ("validation", Map(
            ("fraction", d.Validation.Path is null ? Number(d.Validation.Fraction) : null),
            ("path", d.Validation.Path is { } path ? Text(path) : null),
            ("labels", d.Validation.Labels is { } labels ? Text(labels) : null))));

    private static YamlMappingNode Training(TrainingSection t)
    {
        var (o, s) = (t.Optimizer, t.Schedule);
        var adaptive = o.Kind is OptimizerKind.Adam or OptimizerKind.AdamW;
        var searches = o.Kind == OptimizerKind.Lbfgs;
        return Map(
            ("epochs", Number(t.Epochs)),
            ("batch", t.Batch == TrainingSection.AllExamples ? new YamlScalarNode("all") : Number(t.Batch)),
            ("seed", Number(t.Seed)),
            ("optimizer", Map(
                ("kind", Name(o.Kind)),
                ("learningRate", searches ? null : Number(o.LearningRate)),
                ("momentum", o.Kind == OptimizerKind.Momentum ? Number(o.Momentum) : null),
                ("beta1", adaptive ? Number(o.Beta1) : null),
                ("beta2", adaptive ? Number(o.Beta2) : null),
                ("epsilon", adaptive ? Number(o.Epsilon) : null),
                ("weightDecay", Number(o.WeightDecay)),
                ("decayAll", Bool(o.DecayAll)),
                ("memory", searches ? Number(o.Memory) : null),
                ("tolerance", searches ? Number(o.Tolerance) : null))),
            ("schedule", searches ? null : Map(
                ("kind", Name(s.Kind)),
                ("warmup", Number(s.Warmup)),
                ("floor", s.Kind == ScheduleKind.Cosine ? Number(s.Floor) : null),
                ("every", s.Kind == ScheduleKind.Step ? Number(s.Every) : null),
                ("gamma", s.Kind == ScheduleKind.Step ? Number(s.Gamma) : null))),
            ("clipNorm", searches ? null : Number(t.ClipNorm)),
            ("checkpoint", Map(
                ("steps", Number(t.Checkpoint.Steps)),
                ("seconds", Number(t.Checkpoint.Seconds)),
                ("keep", Number(t.Checkpoint.Keep)),
                ("best", Bool(t.Checkpoint.Best)))),
            ("earlyStopping", t.EarlyStopping is { } stop
                ? Map(("patience", Number(stop.Patience)), ("figure", Name(stop.Figure)), ("minDelta", Number(stop.MinDelta)))
                : null),
            ("keep", Name(t.Keep)),
            ("classWeights", t.ClassWeights switch
            {
                null => null,
                { ByLabel: null } => new YamlScalarNode("balanced"),
                { ByLabel: { } weights } => new YamlMappingNode(
                    weights.OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => KeyValuePair.Create<YamlNode, YamlNode>(Text(w.Key), Number(w.Value)))),
            }));
    }

    private static YamlMappingNode Map(params (string Key, YamlNode? Value)[] entries) =>
        new(entries.Where(e => e.Value is not null).Select(e => KeyValuePair.Create<YamlNode, YamlNode>(new YamlScalarNode(e.Key), e.Value!)));

    private static YamlScalarNode Text(string text) => new(text) { Style = ScalarStyle.DoubleQuoted };

    private static YamlScalarNode Number(IFormattable value) => new(value.ToString(null, CultureInfo.InvariantCulture));

    private static YamlScalarNode Bool(bool value) => new(value ? "true" : "false");

    private static YamlScalarNode Name<T>(T value)
        where T : struct, Enum => new(Kebab.Name(value));
}
