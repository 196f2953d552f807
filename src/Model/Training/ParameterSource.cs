using System.Numerics;
using Granary.Model.Files;

namespace Granary.Model.Training;

/// <summary>Where a parameter's first weights come from: a tensor of a file, place by place.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Places">For each dimension the place there of each place here, -1 for none; null where they are the same.</param>
/// <param name="Negated">Whether the sign turns: logistic regression whose two classes stand the other way round.</param>
internal sealed record ParameterSource(SafetensorsEntry Tensor, IReadOnlyList<int[]?> Places, bool Negated)
{
    /// <summary>Puts what the tensor has in its place; the rest is left as it is.</summary>
    /// <param name="file">The tensor's file.</param>
    /// <param name="dims">The parameter's sizes.</param>
    /// <param name="into">The parameter, row-major.</param>
    public void Read<T>(SafetensorsFile file, IReadOnlyList<int> dims, Span<T> into)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Places.All(p => p is null))
        {
            file.Read(Tensor, into);
        }
        else
        {
            var whole = new T[Tensor.Count];
            file.Read(Tensor, whole.AsSpan());
            Copy(whole, dims, into, 0);
        }

        if (Negated)
        {
            foreach (ref var w in into)
            {
                w = -w;
            }
        }
    }

    private void Copy<T>(ReadOnlySpan<T> from, IReadOnlyList<int> dims, Span<T> into, int axis)
    {
        if (Places.Skip(axis).All(p => p is null))
        {
            from.CopyTo(into);
            return;
        }

        var (step, fromStep) = (into.Length / dims[axis], from.Length / Tensor.Dims[axis]);
        for (var i = 0; i < dims[axis]; i++)
        {
            if ((Places[axis] is { } places ? places[i] : i) is >= 0 and var place)
            {
                var row = from.Slice(place * fromStep, fromStep);
                var target = into.Slice(i * step, step);
                if (axis == dims.Count - 1)
                {
                    row.CopyTo(target);
                }
                else
                {
                    Copy(row, dims, target, axis + 1);
                }
            }
        }
    }
}
