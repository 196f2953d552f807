using System.Reflection;
using System.Reflection.Metadata;

namespace Granary.Model.Kernels;

/// <summary>
/// Functions of TorchSharp 0.107 that end the process where torch refuses their arguments, instead of throwing: of all that take two
/// tensors, matmul alone. A model whose program calls it is not tried in a precision that it may not have been written for.
/// </summary>
internal static unsafe class UnguardedCalls
{
    private const string Own = "Granary.";
    private static readonly string[] Names = ["matmul", "matmul_"];

    /// <summary>Whether any program or library in this process that uses TorchSharp calls such a function. Granary's own are known to compute in both
    /// precisions.</summary>
    public static bool Exist() => AppDomain.CurrentDomain.GetAssemblies().Any(a =>
        a.GetName().Name is { } name && name != "TorchSharp" && !name.StartsWith(Own, StringComparison.Ordinal) && In(a));

    /// <summary>Whether an assembly calls one.</summary>
    public static bool In(Assembly assembly)
    {
        if (!assembly.TryGetRawMetadata(out var blob, out var length))
        {
            return false;
        }

        var reader = new MetadataReader(blob, length);
        return reader.MemberReferences.Select(reader.GetMemberReference).Any(m => Names.Contains(reader.GetString(m.Name)) && IsTorch(reader, m.Parent));
    }

    // torch and torch.Tensor are TorchSharp.torch, and a type within it.
    private static bool IsTorch(MetadataReader reader, EntityHandle parent)
    {
        if (parent.Kind != HandleKind.TypeReference)
        {
            return false;
        }

        var type = reader.GetTypeReference((TypeReferenceHandle)parent);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? IsTorch(reader, type.ResolutionScope)
            : reader.GetString(type.Namespace) == "TorchSharp";
    }
}
