namespace Granary.Jobs;

/// <summary>The grid of a sweep: every combination of the values of some keys.</summary>
/// <param name="Keys">The keys, in the order given.</param>
/// <param name="Points">For each combination the keys' values, the last key's changing fastest.</param>
public sealed record SweepGrid(IReadOnlyList<string> Keys, IReadOnlyList<IReadOnlyList<string>> Points)
{
    private const int MostJobs = 1000;

    /// <summary>A combination's overrides, "key=value".</summary>
    public IReadOnlyList<string> Overrides(int point) => [.. Keys.Zip(Points[point], (k, v) => $"{k}={v}")];

    /// <summary>Reads axes such as "training.batch=32,64" or "model.hidden=[64],[128, 64]": commas within brackets part nothing.</summary>
    /// <exception cref="JobException">An axis is no list of values, a key is there twice, or the jobs are too many.</exception>
    public static SweepGrid Parse(IReadOnlyList<string> axes)
    {
        var keys = new List<string>();
        IReadOnlyList<IReadOnlyList<string>> points = [[]];
        foreach (var axis in axes)
        {
            var cut = axis.IndexOf('=', StringComparison.Ordinal);
            var values = cut > 0 ? Split(axis[(cut + 1)..]) : [];
            if (values.Count == 0 || values.Any(v => v.Length == 0))
            {
                throw new JobException($"--over {axis}: this must be key=value,value,..., such as training.optimizer.learningRate=0.01,0.1.");
            }

            if (values.GroupBy(v => v).FirstOrDefault(g => g.Count() > 1) is { } twice)
            {
                throw new JobException($"--over {axis}: the value {twice.Key} is there twice.");
            }

            var key = axis[..cut].Trim();
            if (keys.Contains(key))
            {
                throw new JobException($"--over {axis}: the key {key} is there twice. Give all of its values at once.");
            }

            keys.Add(key);
            points = [.. points.SelectMany(p => values.Select(v => (IReadOnlyList<string>)[.. p, v]))];
            if (points.Count > MostJobs)
            {
                throw new JobException($"--over: {points.Count} jobs and more are too many for one sweep; {MostJobs} is the most.");
            }
        }

        return new SweepGrid(keys, points);
    }

    private static List<string> Split(string text)
    {
        var (values, start, depth, quote) = (new List<string>(), 0, 0, '\0');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            quote = quote != '\0' ? c == quote ? '\0' : quote : c is '"' or '\'' ? c : '\0';
            depth += quote != '\0' ? 0 : c is '[' or '{' ? 1 : c is ']' or '}' ? -1 : 0;
            if (c == ',' && depth == 0 && quote == '\0')
            {
                values.Add(text[start..i].Trim());
                start = i + 1;
            }
        }

        values.Add(text[start..].Trim());
        return values;
    }
}
