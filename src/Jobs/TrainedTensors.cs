namespace Granary.Jobs;

/// <summary>The job file's <c>training.train</c>: patterns of the names of the tensors that are trained. In a pattern `*` stands for any characters, dots
/// included, and `?` for one.</summary>
public sealed record TrainedTensors
{
    /// <summary>The patterns, at least one.</summary>
    public required IReadOnlyList<string> Patterns { get; init; }

    /// <summary>Which parameters of a model a job trains, in the order of the flat vector.</summary>
    /// <param name="training">The job's training.</param>
    /// <param name="shape">The model's parameters.</param>
    /// <exception cref="JobException">A pattern fits no parameter.</exception>
    public static bool[] Of(TrainingSection training, IReadOnlyList<ParameterShape> shape)
    {
        if (training.Train is not { } train)
        {
            return [.. shape.Select(_ => true)];
        }

        if (train.Patterns.FirstOrDefault(p => !shape.Any(s => Fits(p, s.Name))) is { } idle)
        {
            throw new JobException($"training.train: no tensor of the model has a name like '{idle}'. The names are {string.Join(", ", shape.Select(s => s.Name))}. "
                + "Correct the pattern (* stands for any characters), or take it out.");
        }

        return [.. shape.Select(s => train.Patterns.Any(p => Fits(p, s.Name)))];
    }

    /// <summary>Whether a name fits a pattern.</summary>
    internal static bool Fits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        var (p, n, star, mark) = (0, 0, -1, 0); // after a star that took too little, it takes one character more
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, mark) = (p++, n);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
            {
                (p, n) = (p + 1, n + 1);
            }
            else if (star >= 0)
            {
                (p, n) = (star + 1, ++mark);
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart('*').IsEmpty;
    }

    /// <summary>Equal in every pattern.</summary>
    public bool Equals(TrainedTensors? other) => other is not null && Patterns.SequenceEqual(other.Patterns);

    /// <inheritdoc/>
    public override int GetHashCode() => Patterns.Count;
}
