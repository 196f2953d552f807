namespace Granary.Cluster.Tests;

/// <summary>A bigram model of a text with add-one smoothing, counted and sampled here alone; and how well a text's brackets are
/// balanced. What generated text is measured by.</summary>
internal sealed class BigramText
{
    private readonly int[,] _pairs;
    private readonly int[] _firsts;
    private readonly char[] _characters;

    /// <param name="training">What is counted, run by run.</param>
    /// <param name="characters">The vocabulary.</param>
    public BigramText(IEnumerable<string> training, IEnumerable<char> characters)
    {
        _characters = [.. characters.Distinct().Order()];
        (_pairs, _firsts) = (new int[_characters.Length, _characters.Length], new int[_characters.Length]);
        foreach (var run in training)
        {
            for (var i = 1; i < run.Length; i++)
            {
                _pairs[Id(run[i - 1]), Id(run[i])]++;
                _firsts[Id(run[i - 1])]++;
            }
        }
    }

    private int Id(char c) => Array.BinarySearch(_characters, c);

    private double Probability(int first, int second) => (_pairs[first, second] + 1.0) / (_firsts[first] + _characters.Length);

    /// <summary>The logarithm of texts' perplexity under the model: nats per character.</summary>
    public double Loss(IReadOnlyList<string> texts) => texts.Sum(t => t.Zip(t.Skip(1), (a, b) => -Math.Log(Probability(Id(a), Id(b)))).Sum())
        / texts.Sum(t => t.Length - 1);

    /// <summary>A text drawn from the model: each character with its probability to the power 1 / temperature.</summary>
    public string Sample(int seed, int length, double temperature)
    {
        var weights = Enumerable.Range(0, _characters.Length)
            .Select(a => Enumerable.Range(0, _characters.Length).Select(b => Math.Pow(Probability(a, b), 1 / temperature)).ToArray()).ToArray();
        var sums = weights.Select(w => w.Sum()).ToArray();
        var random = new Random(seed);
        var text = new char[length];
        var last = Id(' ');
        for (var i = 0; i < length; i++)
        {
            var left = random.NextDouble() * sums[last];
            var next = 0;
            while (next < _characters.Length - 1 && (left -= weights[last][next]) >= 0)
            {
                next++;
            }

            (text[i], last) = (_characters[next], next);
        }

        return new string(text);
    }

    /// <summary>Part of all round and square brackets that have no partner of their kind in their line: one that stays open would make
    /// nothing fit in all of the text behind it, and chance would say how much that is.</summary>
    public static double Unbalanced(IReadOnlyList<string> texts)
    {
        const string Open = "([";
        const string Close = ")]";
        var (brackets, alone) = (0, 0);
        foreach (var line in texts.SelectMany(t => t.Split('\n')))
        {
            var open = new Stack<int>();
            foreach (var c in line)
            {
                if (Open.IndexOf(c, StringComparison.Ordinal) is >= 0 and var opened)
                {
                    open.Push(opened);
                    brackets++;
                }
                else if (Close.IndexOf(c, StringComparison.Ordinal) is >= 0 and var closed)
                {
                    brackets++;
                    if (open.TryPeek(out var kind) && kind == closed)
                    {
                        open.Pop();
                    }
                    else
                    {
                        alone++;
                    }
                }
            }

            alone += open.Count;
        }

        return (double)alone / brackets;
    }
}
