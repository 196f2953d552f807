using System.Globalization;
using Google.Protobuf;
using Granary.Jobs;
using Proto = global::Onnx;

namespace Granary.Model.Onnx;

/// <summary>An ONNX graph in the making: operators of the default domain, opset <see cref="Opset"/>, are added in the order in which they are computed. A file with a column of texts is of opset 20: operators that
/// the two versions write alike are right in both, and the others are refused when it is written.</summary>
public sealed class OnnxGraph
{
    /// <summary>The version of ONNX's operators that networks are written in (https://onnx.ai/onnx/operators).</summary>
    public const int Opset = 17;

    internal const string MachineLearningDomain = "ai.onnx.ml";

    internal const string RuntimeDomain = "com.microsoft";

    private readonly HashSet<string> _names;
    private readonly Dictionary<string, int> _numbers;

    internal OnnxGraph(string name, Precision precision)
        : this(name, precision, [.. OnnxNames.All], new(StringComparer.Ordinal))
    {
    }

    private OnnxGraph(string name, Precision precision, HashSet<string> names, Dictionary<string, int> numbers)
    {
        (Content.Name, Precision) = (name, precision);
        (_names, _numbers) = (names, numbers);
    }

    /// <summary>The precision of the model's numbers.</summary>
    public Precision Precision { get; }

    internal Proto.GraphProto Content { get; } = new();

    /// <summary>Its operators, and those of the graphs within.</summary>
    internal IEnumerable<Proto.NodeProto> Nodes => NodesOf(Content);

    internal OnnxType Numbers => Precision == Precision.Float64 ? OnnxType.Float64 : OnnxType.Float32;

    /// <summary>Adds an operator that gives one tensor.</summary>
    /// <param name="op">Its name, such as "MatMul".</param>
    /// <param name="inputs">Its inputs, in ONNX's order; null for one that is left out.</param>
    /// <param name="attributes">Its attributes: a whole number, a number, a text, or an array of one of them.</param>
    /// <returns>What it gives.</returns>
    /// <exception cref="ArgumentException">An attribute is of another type.</exception>
    public OnnxValue Add(string op, IReadOnlyList<OnnxValue?> inputs, params (string Name, object Value)[] attributes)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(attributes);
        var made = new OnnxValue(Unique(op));
        var node = new Proto.NodeProto { Name = made.Name, OpType = op };
        node.Input.AddRange(inputs.Reverse().SkipWhile(i => i is null).Reverse().Select(i => i?.Name ?? "")); // named "" at the end, ONNX Runtime's fusion of norms would read it
        node.Output.Add(made.Name);
        node.Attribute.AddRange(attributes.Select(a => OnnxAttributes.Of(a.Name, a.Value)));
        Content.Node.Add(node);
        return made;
    }

    /// <summary>A number in the model's precision, [].</summary>
    public OnnxValue Number(double value) => Precision == Precision.Float64
        ? Constant(Numbers, [], OnnxBytes.Of<double>([value]))
        : Constant(Numbers, [], OnnxBytes.Of<float>([(float)value]));

    /// <summary>A whole number, int64, [].</summary>
    public OnnxValue Integer(long value) => Constant(OnnxType.Int64, [], OnnxBytes.Of<long>([value]));

    /// <summary>Whole numbers, int64, [n].</summary>
    public OnnxValue Integers(params ReadOnlySpan<long> values) => Constant(OnnxType.Int64, [values.Length], OnnxBytes.Of(values));

    /// <summary>Converts numbers to the model's precision.</summary>
    public OnnxValue ToPrecision(OnnxValue value) => Cast(value, Numbers);

    internal OnnxValue Cast(OnnxValue value, OnnxType type) => Add("Cast", [value], ("to", (int)type));

    /// <summary>[n], in float64 whatever the model's precision.</summary>
    internal OnnxValue Doubles(ReadOnlySpan<double> values) => Constant(OnnxType.Float64, [values.Length], OnnxBytes.Of(values));

    /// <summary>[n].</summary>
    internal OnnxValue Texts(IReadOnlyList<string> values)
    {
        var tensor = Tensor(Unique("constant"), OnnxType.Text, [values.Count]);
        tensor.StringData.AddRange(values.Select(ByteString.CopyFromUtf8));
        return Keep(tensor);
    }

    /// <summary>An operator of the domain ai.onnx.ml.</summary>
    internal OnnxValue AddMachineLearning(string op, IReadOnlyList<OnnxValue> inputs, params (string Name, object Value)[] attributes)
    {
        var made = Add(op, inputs, attributes);
        Content.Node[^1].Domain = MachineLearningDomain;
        return made;
    }

    /// <summary>An operator of the domain com.microsoft, which ONNX Runtime has beside those of ONNX.</summary>
    internal OnnxValue AddOfRuntime(string op, IReadOnlyList<OnnxValue> inputs, params (string Name, object Value)[] attributes)
    {
        var made = Add(op, inputs, attributes);
        Content.Node[^1].Domain = RuntimeDomain;
        return made;
    }

    /// <summary>A graph within, such as a loop's body: it may take values of this one, by their names.</summary>
    internal OnnxGraph Within(string name) => new(name, Precision, _names, _numbers);

    /// <summary>A weight under its own name, unless that is one of the graph's ends.</summary>
    internal OnnxValue Parameter(ParameterShape shape, ReadOnlySpan<float> weights)
    {
        var tensor = Tensor(_names.Add(shape.Name) ? shape.Name : Unique(shape.Name), Numbers, shape.Dims.Select(d => (long)d));
        tensor.RawData = Precision == Precision.Float64 ? OnnxBytes.AsDoubles(weights) : OnnxBytes.Of(weights);
        return Keep(tensor);
    }

    /// <summary>A name for an input that is called so outside, or one like it where something else has it.</summary>
    internal string FreeName(string name) => _names.Add(name) ? name : Unique(name);

    /// <summary>An input. A dimension with a name may be of any size.</summary>
    internal OnnxValue Input(string name, OnnxType type, string about, params object[] dims)
    {
        Content.Input.Add(OnnxTypes.Info(name, type, about, dims));
        return new OnnxValue(name);
    }

    /// <summary>Gives a value to the outside.</summary>
    internal void Output(string name, OnnxValue value, OnnxType type, string about, params object[] dims)
    {
        Content.Node.Add(new Proto.NodeProto { Name = name, OpType = "Identity", Input = { value.Name }, Output = { name } });
        Content.Output.Add(OnnxTypes.Info(name, type, about, dims));
    }

    // Such as a skip-gram's vectors of contexts: nothing is computed with them.
    internal void LeaveOutUnused()
    {
        var used = Nodes.SelectMany(n => n.Input).ToHashSet(StringComparer.Ordinal);
        var unused = Content.Initializer.Where(t => !used.Contains(t.Name)).ToArray();
        foreach (var tensor in unused)
        {
            Content.Initializer.Remove(tensor);
        }
    }

    private static IEnumerable<Proto.NodeProto> NodesOf(Proto.GraphProto graph) =>
        graph.Node.SelectMany(n => n.Attribute.Where(a => a.G is not null).SelectMany(a => NodesOf(a.G)).Append(n));

    private OnnxValue Constant(OnnxType type, long[] dims, ByteString bytes)
    {
        var tensor = Tensor(Unique("constant"), type, dims);
        tensor.RawData = bytes;
        return Keep(tensor);
    }

    private OnnxValue Keep(Proto.TensorProto tensor)
    {
        Content.Initializer.Add(tensor);
        return new OnnxValue(tensor.Name);
    }

    private static Proto.TensorProto Tensor(string name, OnnxType type, IEnumerable<long> dims)
    {
        var tensor = new Proto.TensorProto { Name = name, DataType = (int)type };
        tensor.Dims.AddRange(dims);
        return tensor;
    }

    // "MatMul.1", "MatMul.2".
    private string Unique(string stem)
    {
        while (true)
        {
            var number = _numbers[stem] = _numbers.GetValueOrDefault(stem) + 1;
            if (string.Create(CultureInfo.InvariantCulture, $"{stem}.{number}") is var name && _names.Add(name))
            {
                return name;
            }
        }
    }
}
