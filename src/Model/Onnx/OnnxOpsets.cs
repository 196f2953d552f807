using Granary.Jobs;
using Proto = global::Onnx;

namespace Granary.Model.Onnx;

/// <summary>Which versions of operators a graph needs: as early ones as it can do with, so that many programs read it.</summary>
internal static class OnnxOpsets
{
    /// <summary>The version that has operators on texts.</summary>
    private const int OfTexts = 20;

    private const int OfMachineLearning = 3;
    private const int OfRuntime = 1;

    private static readonly HashSet<string> OnTexts = ["StringConcat", "RegexFullMatch"];
    private static readonly HashSet<string> Reductions = ["ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSumSquare"];

    /// <summary>The versions of a graph's operators and of its file's format, and, for people, what it needs.</summary>
    /// <param name="file">The file, with its graph.</param>
    /// <param name="graph">The graph.</param>
    /// <returns>"opset 17".</returns>
    /// <param name="model">The model's name.</param>
    /// <exception cref="JobException">A network of one's own has an operator that a later version writes otherwise, and the graph needs that version.</exception>
    public static string Set(Proto.ModelProto file, OnnxGraph graph, string model)
    {
        var nodes = graph.Nodes.ToArray();
        var hasTexts = nodes.Any(n => OnTexts.Contains(n.OpType));
        var opset = hasTexts ? OfTexts : OnnxGraph.Opset;
        if (hasTexts && nodes.FirstOrDefault(IsOfBefore) is { } old)
        {
            throw new JobException($"{model}: its network has {old.OpType} as opset {OnnxGraph.Opset} writes it, and a column of texts needs opset {OfTexts}, which writes it otherwise: take an operator that is the same in both, such as ReduceSum and a division for ReduceMean, "
                + "or leave the texts out (data.ignore).");
        }

        file.IrVersion = hasTexts ? 9 : 8; // the file format's version that came with that opset
        void Imports(string domain, int version) => file.OpsetImport.Add(new Proto.OperatorSetIdProto { Domain = domain, Version = version });
        Imports("", opset);
        if (nodes.Any(n => n.Domain == OnnxGraph.MachineLearningDomain))
        {
            Imports(OnnxGraph.MachineLearningDomain, OfMachineLearning);
        }

        var ofRuntime = nodes.Where(n => n.Domain == OnnxGraph.RuntimeDomain).Select(n => n.OpType).Distinct().ToArray();
        if (ofRuntime.Length == 0)
        {
            return $"opset {opset}";
        }

        Imports(OnnxGraph.RuntimeDomain, OfRuntime);
        return $"opset {opset} and {OnnxGraph.RuntimeDomain}'s {string.Join(" and ", ofRuntime)} (ONNX Runtime alone has {(ofRuntime.Length == 1 ? "it" : "them")})";
    }

    // From opset 18 on reductions have their axes as an input; from 20 on a DFT its axis, which is another one where none is given, and GridSample other names for its modes.
    private static bool IsOfBefore(Proto.NodeProto node) => node.Domain.Length == 0 && (node.OpType == "DFT" || node.Attribute.Any(a =>
        (a.Name == "axes" && Reductions.Contains(node.OpType)) || (a.Name == "mode" && node.OpType == "GridSample" && a.S.ToStringUtf8() is "bilinear" or "bicubic")));
}
