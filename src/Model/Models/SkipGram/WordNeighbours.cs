using System.Numerics.Tensors;

namespace Granary.Model.Networks;

/// <summary>Which words are near each other: by the dot product of their vectors, whose sign tells whether the angle between
/// them is below or above a right one.</summary>
public static class WordNeighbours
{
    /// <summary>The words with the greatest dot product with one word, greatest first, that word itself left out; ties go to
    /// the smaller id.</summary>
    /// <param name="embedding">[V, d], row-major.</param>
    /// <param name="width">d.</param>
    /// <param name="word">The word's id.</param>
    /// <param name="count">How many, at most.</param>
    public static IReadOnlyList<(int Word, float DotProduct)> Of(ReadOnlySpan<float> embedding, int width, int word, int count)
    {
        var own = embedding.Slice(checked(word * width), width);
        var all = new (int Word, float DotProduct)[embedding.Length / width];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = (i, TensorPrimitives.Dot(own, embedding.Slice(i * width, width)));
        }

        return [.. all.Where(w => w.Word != word).OrderByDescending(w => w.DotProduct).ThenBy(w => w.Word).Take(count)];
    }
}
