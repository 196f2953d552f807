using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;

namespace Granary.Model.Training;

/// <summary>Finds out which of a network's parameters a file has. Places that stand for a class, a feature or a token are matched by its name:
/// another vocabulary of the same size is another vocabulary.</summary>
internal sealed class InitialMatcher
{
    private readonly InitialTensors _there;
    private readonly Job _job;
    private readonly DataFacts _facts;
    private readonly IReadOnlyList<ParameterShape> _shape;
    private readonly SavedMetadata? _saved;
    private readonly IReadOnlyDictionary<string, IReadOnlyList<Axis>> _axesThere;
    private readonly Dictionary<Axis, NameMatch?> _names = [];
    private readonly List<Axis> _cannotBeTold = [];
    private IReadOnlyDictionary<string, IReadOnlyList<Axis>>[] _ownAxes = [];
    private readonly HashSet<Axis> _oneSided = [];
    private readonly HashSet<Axis> _inOrder = [];

    private readonly Dictionary<string, ParameterSource> _sources = [];
    private readonly (List<string> Taken, List<string> Misshapen, List<string> Unmatched, List<string> OfOthers, List<string> Missing) _found = ([], [], [], [], []);

    private InitialMatcher(InitialTensors there, Job job, DataFacts facts, IReadOnlyList<ParameterShape> shape)
    {
        (_there, _job, _facts, _shape, _saved) = (there, job, facts, shape, there.Saved);
        _axesThere = _saved is null || !ModelKinds.Of(_saved.Model).NamesAxes
            ? new Dictionary<string, IReadOnlyList<Axis>>()
            : ModelShape.Of(_saved.Model, _saved.Facts.Shape).ToDictionary(p => p.Name, p => p.Axes);
    }

    /// <param name="there">The file's tensors.</param>
    /// <param name="job">The job that starts from them.</param>
    /// <param name="facts">What its data says.</param>
    /// <param name="shape">Its network's parameters.</param>
    /// <exception cref="JobException">Nothing matches.</exception>
    public static InitialMatch Match(InitialTensors there, Job job, DataFacts facts, IReadOnlyList<ParameterShape> shape) =>
        new InitialMatcher(there, job, facts, shape).Match();

    private InitialMatch Match()
    {
        FindNames();
        foreach (var parameter in _shape)
        {
            Match(parameter);
        }

        var needed = _shape.Select(p => p.Name).ToHashSet();
        var match = new InitialMatch(
            _there.File.Name, _found.Taken, _found.Misshapen, _found.Missing,
            [.. _there.ByName.Keys.Where(n => !needed.Contains(n)).Order(StringComparer.Ordinal)])
        {
            Unmatched = _found.Unmatched,
            OfOtherCategories = _found.OfOthers,
            Names = [.. _names.Where(n => n.Value?.Places is not null && !_cannotBeTold.Contains(n.Key)).Select(n => n.Value!)],
            Without = _there.Without,
            Doubts = [.. Doubts()],
            Notes = _saved is null && _inOrder.Count > 0 ? [$"The file does not name its {Words(_inOrder)}: they are taken in their order."] : [],
            Sources = _sources,
        };
        return match.Taken.Count > 0
            ? match
            : throw new JobException($"{match.Describe()} Nothing could be taken: name a file of a model like this one, or leave model.init out.");
    }

    private void FindNames()
    {
        if (_saved is not null && !HaveOneTokeniser())
        {
            var here = AxisNames.Of(_job.Data, _facts, TokenFiles.Read(_job.Data));
            var there = AxisNames.Of(_saved.Data, _saved.Facts, _saved.Vocabulary);
            foreach (var axis in new[] { Axis.Token, Axis.Class, Axis.Feature }.Where(a => a != Axis.Class || !_facts.Shape.IsNumber))
            {
                _names[axis] = here[axis] is { } own && there[axis] is { } others ? NameMatch.Of(axis, Word(axis), own, others) : null;
                if (here[axis] is null != there[axis] is null)
                {
                    _oneSided.Add(axis);
                }
            }
        }

        if (!ModelKinds.Of(_job.Model).NamesAxes)
        {
            var axes = new[] { Axis.Class, Axis.Feature }.Where(a => Names(a)?.Places is not null).ToDictionary(a => a, a => OwnAxes.Of(_job.Model, _facts.Shape, _shape, a));
            _cannotBeTold.AddRange(axes.Where(a => a.Value is null).Select(a => a.Key));
            _ownAxes = [.. axes.Values.OfType<IReadOnlyDictionary<string, IReadOnlyList<Axis>>>()];
        }
    }

    // Then all that a token is called need not be found out, and it may be 200,000 names.
    private bool HaveOneTokeniser() => _job.Data is { HasBytePairs: true } here
        && _saved!.Data is { HasBytePairs: true } there
        && here.Encoding == there.Encoding && TokenFiles.Read(here)?.Digest == _saved.Vocabulary?.Digest;

    private NameMatch? Names(Axis axis) => _names.GetValueOrDefault(axis == Axis.ClassPair ? Axis.Class : axis);

    private void Match(ParameterShape parameter)
    {
        if (!_there.ByName.TryGetValue(parameter.Name, out var tensor))
        {
            _found.Missing.Add(parameter.Name);
            return;
        }

        var axes = AxesOf(parameter);
        var others = _axesThere.TryGetValue(parameter.Name, out var known) && known.Count == tensor.Dims.Count ? known : axes;
        var fits = tensor.IsFloatingPoint && tensor.Count <= Array.MaxLength && tensor.Dims.Count == parameter.Dims.Count
            && Enumerable.Range(0, axes.Count).All(d => axes[d] == others[d] && Fits(axes[d], parameter.Dims[d], tensor.Dims[d]));
        if (!fits)
        {
            var (here, there) = (SafetensorsEntry.Describe(parameter.Dims), (tensor.IsFloatingPoint ? "" : tensor.Type + " ") + tensor.Shape);
            _found.Misshapen.Add(here == there
                ? $"'{parameter.Name}' is {Describe(tensor.Dims, others)} there and {Describe(parameter.Dims, axes)} here"
                : $"'{parameter.Name}' is {there} there and {here} here");
            return;
        }

        _inOrder.UnionWith(axes.Where(a => a != Axis.Unnamed && Names(a) is null));
        if (axes.Any(a => Names(a) is { } names && (a == Axis.ClassPair ? !IsPair(names) : names.Matched == 0)))
        {
            _found.Unmatched.Add(parameter.Name);
            return;
        }

        if (axes.Contains(Axis.Embedded) && !HaveSameCategories())
        {
            _found.OfOthers.Add(parameter.Name);
            return;
        }

        _found.Taken.Add(parameter.Name);
        var isPair = axes.Contains(Axis.ClassPair);
        _sources[parameter.Name] = new ParameterSource(
            tensor, [.. axes.Select(a => a == Axis.ClassPair ? null : Names(a)?.Places)], isPair && Names(Axis.Class)?.Places is [1, 0]);
    }

    // Vectors belong to categories by their places, and so do the weights above them.
    private bool HaveSameCategories() => _saved is null
        || (_facts.Columns.SequenceEqual(_saved.Facts.Columns, StringComparer.Ordinal)
            && Embedded(_facts.Table).Zip(Embedded(_saved.Facts.Table)).All(c => c.First.Section.Buckets == c.Second.Section.Buckets && c.First.Categories.SequenceEqual(c.Second.Categories, StringComparer.Ordinal)));

    private static IEnumerable<FittedColumn> Embedded(TableEncoding? table) => (table?.Columns ?? []).Where(c => c.Section.Embedding is not null);

    // A dimension with names has one place for each; every other keeps its size.
    private bool Fits(Axis axis, int here, int there) => axis != Axis.ClassPair && Names(axis) is { } names
        ? here == names.Here && there == names.There
        : here == there;

    // One output that tells two classes apart tells nothing of one of them and a third.
    private static bool IsPair(NameMatch names) => names is { Here: 2, There: 2, Matched: 2 };

    private IReadOnlyList<Axis> AxesOf(ParameterShape parameter)
    {
        if (parameter.Axes.Count == parameter.Dims.Count)
        {
            return parameter.Axes;
        }

        var axes = new Axis[parameter.Dims.Count];
        foreach (var found in _ownAxes.Select(own => own[parameter.Name]))
        {
            for (var d = 0; d < axes.Length; d++)
            {
                axes[d] = found[d] == Axis.Unnamed ? axes[d] : found[d];
            }
        }

        return axes;
    }

    private IEnumerable<string> Doubts()
    {
        foreach (var axis in _cannotBeTold)
        {
            yield return $"Its {Word(axis)} are others or stand in another order ({Names(axis)!.Describe().TrimEnd('.')}), and which weights of a {_job.Model.Kind} "
                + "belong to which of them cannot be told: they are taken in their order. Give both jobs the same, or leave model.init out.";
        }

        if (_inOrder.Intersect(_oneSided).ToArray() is { Length: > 0 } unsaid)
        {
            yield return $"Only one of the two data sets names its {Words(unsaid)}: these are taken in their order.";
        }

        if (_saved is not null && !_job.Data.IsText && ScalingChange.Describe(
            _facts, _saved.Facts, Names(Axis.Feature)?.Places, i => _facts.Columns.Count > i ? $"'{_facts.Columns[i]}'" : $"feature {i + 1}") is { } change)
        {
            yield return change;
        }

        if (ColumnsChange.Describe(_facts.Table, _saved?.Facts.Table) is { } columns)
        {
            yield return columns;
        }

        if (_saved?.Facts.Shape.IsNumber == true && _facts.Shape.IsNumber && ScalingChange.OfTarget(_facts.TargetScaling, _saved.Facts.TargetScaling) is { } target)
        {
            yield return target;
        }
    }

    private string Word(Axis axis) => axis switch
    {
        Axis.Token => _job.Data.HasWords ? "words" : _job.Data.Tokens == TokenKind.Char ? "characters" : "tokens",
        Axis.Feature => "features",
        Axis.Embedded => "categories",
        _ => "classes",
    };

    private string Words(IEnumerable<Axis> axes) => string.Join(" and ", axes.Select(Word).Distinct().Order(StringComparer.Ordinal));

    private string Describe(IReadOnlyList<int> dims, IReadOnlyList<Axis> axes) =>
        SafetensorsEntry.Describe(dims.Select((d, i) => axes[i] == Axis.Unnamed ? $"{d}" : $"{d} {Word(axes[i])}"));
}
