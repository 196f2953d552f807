using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A key with a value, whatever its type.</summary>
/// <inheritdoc cref="JobEntry"/>
internal abstract record JobKey(string Path, string Doc) : JobEntry(Path, Doc)
{
    /// <summary>Whether there is no default.</summary>
    public bool Required { get; init; }

    /// <inheritdoc/>
    public override bool IsRequired => Required && Belongs is null;

    /// <summary>The default in words, where the value alone would not say it.</summary>
    public string? DefaultWords { get; init; }

    /// <summary>When it is written at all; null: whenever it has a meaning.</summary>
    public Func<Job, bool>? WrittenWhen { get; init; }

    /// <summary>Type and range in words.</summary>
    public abstract string TypeWords { get; }

    /// <summary>The default in words; null: there is none.</summary>
    public abstract string? Default { get; }

    /// <summary>The default as JSON; null: there is none, or none that always holds.</summary>
    public abstract JsonNode? DefaultJson { get; }

    /// <summary>Kinds that leave it one value.</summary>
    public abstract IReadOnlyList<(Belonging When, YamlNode Only, string Why)> OnlyValues { get; }

    /// <summary>The one value that does no harm for kinds that it does not belong to; null: there is none.</summary>
    public abstract YamlNode? Harmless { get; }

    /// <summary>Type and range as a JSON Schema.</summary>
    public abstract JsonObject Schema();
}

/// <summary>A key: its name, type, range, default and meaning, and what it belongs to.</summary>
/// <inheritdoc cref="JobEntry"/>
/// <param name="Path">As there.</param>
/// <param name="Doc">As there.</param>
/// <param name="Type">What values it takes.</param>
/// <param name="Get">Its value in a job.</param>
/// <param name="With">A job with another value of it.</param>
internal sealed record JobKey<T>(string Path, string Doc, IKeyType<T> Type, Func<Job, T> Get, Func<Job, T, Job> With) : JobKey(Path, Doc)
{
    /// <summary>Defaults for some kinds, where they have another one than the section's record has.</summary>
    public IReadOnlyList<(Belonging When, T Value)> Defaults { get; init; } = [];

    /// <summary>Kinds that leave it one value.</summary>
    public IReadOnlyList<Only<T>> Limits { get; init; } = [];

    /// <summary>The one value that says what holds for every kind, and may therefore stand anywhere; null: there is none.</summary>
    public Func<T>? MayAlwaysBe { get; init; }

    private T Usual => Get(JobKeys.Blank);

    /// <summary>The same key, of which there is no default.</summary>
    public JobKey<T> Needed() => this with { Required = true };

    /// <summary>The same key, for some kinds.</summary>
    public JobKey<T> For(Belonging kinds) => this with { Belongs = kinds };

    /// <summary>The same key, which some kinds leave one value.</summary>
    /// <inheritdoc cref="Granary.Jobs.Only{T}"/>
    public JobKey<T> Only(Belonging when, T value, string why) => this with { Limits = [.. Limits, new(when, value, why)] };

    /// <summary>The same key, where one value does no harm for the kinds that it does not belong to: it says what holds for every kind.</summary>
    public JobKey<T> AlwaysMayBe(T value) => this with { MayAlwaysBe = () => value };

    /// <summary>The same key, whose default is another one for some kinds than the section's record has.</summary>
    public JobKey<T> DefaultFor(Belonging kinds, T value) => this with { Defaults = [.. Defaults, (kinds, value)] };

    /// <summary>The same key, whose default is better told in words.</summary>
    public JobKey<T> DefaultIs(string words) => this with { DefaultWords = words };

    /// <summary>The same key, which some jobs are written without.</summary>
    public JobKey<T> Written(Func<Job, bool> when) => this with { WrittenWhen = when };

    /// <inheritdoc/>
    public override string TypeWords => Type.Words;

    /// <inheritdoc/>
    public override string? Default => DefaultWords ?? (Required ? null : string.Join("; ",
        Defaults.Select(d => $"{d.When.Words}: {KeyWords.Value(Type.Write(d.Value))}").Prepend(KeyWords.Value(Type.Write(Usual)))));

    /// <inheritdoc/>
    public override JsonNode? DefaultJson => Required || DefaultWords is not null || Defaults.Count > 0 ? null : YamlJson.Of(Type.Write(Usual));

    /// <inheritdoc/>
    public override IReadOnlyList<(Belonging When, YamlNode Only, string Why)> OnlyValues => [.. Limits.Select(l => (l.When, Type.Write(l.Value)!, l.Why))];

    /// <inheritdoc/>
    public override YamlNode? Harmless => MayAlwaysBe is { } value ? Type.Write(value()) : null;

    /// <inheritdoc/>
    public override JsonObject Schema() => Type.Schema();

    /// <inheritdoc/>
    public override Job Read(Job soFar, YamlMap map, ReadingPlace place)
    {
        if (map.Has(Name))
        {
            return With(soFar, Type.Read(new KeyReading(map, Name, soFar, place)));
        }

        return Required && Belongs?.Holds(soFar) != false ? throw map.Missing(Name) : soFar;
    }

    /// <inheritdoc/>
    public override Job Fill(Job job, YamlMap map)
    {
        var others = map.Has(Name) ? [] : Defaults.Where(d => d.When.Holds(job)).ToArray();
        return others.Length == 0 ? job : With(job, others[0].Value);
    }

    /// <inheritdoc/>
    public override void Check(Job job, YamlMap map)
    {
        base.Check(job, map);
        foreach (var limit in Limits)
        {
            if (map.Has(Name) && limit.When.Holds(job) && !Equals(Get(job), limit.Value))
            {
                throw map.Error(Name, $"{Path} {string.Format(System.Globalization.CultureInfo.InvariantCulture, limit.Why, map.Text(Name))}");
            }
        }
    }

    /// <inheritdoc/>
    protected override bool IsUsual(Job job) => Equals(Get(job), Usual);

    /// <inheritdoc/>
    protected override bool SaysNothingNew(Job job) => MayAlwaysBe is { } value && Equals(Get(job), value());

    /// <inheritdoc/>
    protected override YamlNode? WriteValue(Job job) => WrittenWhen?.Invoke(job) == false ? null : Type.Write(Get(job));
}
