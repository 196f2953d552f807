using System.Globalization;
using System.Text;
using Granary.Jobs;

namespace Granary.Model.Onnx;

/// <summary>The words of texts, parted and put into lower case as in training. Which characters belong to words, and what each is in lower case, stands in the file: programs differ in what they take for a letter.</summary>
/// <remarks>N texts, at least one; T words in the longest of them and one more, L characters in the longest text. All are as wide as the longest.</remarks>
/// <param name="Words">[N, T], where a text has no more words <see cref="None"/>; so is the last column of every text.</param>
/// <param name="IsWord">[N, T], bool: whether there is a word.</param>
internal sealed record OnnxWords(OnnxValue Words, OnnxValue IsWord)
{
    // Stands where there is no word: no character of words.
    private const string None = "\u0001";
    private const int MostRune = 0x10FFFF;

    private static readonly Lazy<string> Word = new(WordPattern);
    private static readonly Lazy<(string[] Upper, string[] Lower)> Letters = new(LowerLetters);

    /// <summary>The words of texts.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="texts">[N, 1].</param>
    public static OnnxWords Of(OnnxGraph graph, OnnxValue texts)
    {
        // At the end of each: so that there is one, whatever the texts are.
        var ended = graph.Add("StringConcat", [texts, graph.Texts([None])]);
        var words = graph.Add("Squeeze", [Tokens(graph, InLowerCase(graph, ended), None, $"[{Word.Value}]+|\\x{{1}}\\z"), graph.Integers(1)]); // [N, T]
        return new OnnxWords(words, graph.Add("Not", [graph.IsOneOf(words, [None])]));
    }

    /// <summary>Runs of n words that are next to each other, parted by a space.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="most">Words in a run, at the most: all runs of 1 to so many.</param>
    /// <returns>[N, most T].</returns>
    public OnnxWords Runs(OnnxGraph graph, int most)
    {
        if (most == 1)
        {
            return this;
        }

        OnnxValue Longer(OnnxValue all) => graph.Add("Concat", [all, .. Enumerable.Repeat(Columns(graph, all, -1, long.MaxValue), most - 1)], ("axis", 1));
        var (words, isWord) = (Longer(Words), Longer(IsWord)); // [N, T + most - 1]
        OnnxValue From(OnnxValue all, int first) => Columns(graph, all, first, first == most - 1 ? long.MaxValue : first - (most - 1)); // [N, T]
        var runs = new List<OnnxWords> { this };
        for (var n = 1; n < most; n++)
        {
            // Where the last of them is a word, all are.
            runs.Add(new OnnxWords(graph.Add("StringConcat", [graph.Add("StringConcat", [runs[^1].Words, graph.Texts([" "])]), From(words, n)]), From(isWord, n)));
        }

        return new OnnxWords(graph.SideBySide([.. runs.Select(r => r.Words)]), graph.SideBySide([.. runs.Select(r => r.IsWord)]));
    }

    private static OnnxValue Columns(OnnxGraph graph, OnnxValue all, long first, long end) => graph.Add("Slice", [all, graph.Integers(first), graph.Integers(end), graph.Integers(1)]);

    // One dimension more: what a pattern (https://github.com/google/re2/wiki/Syntax) finds in each, the longest first.
    private static OnnxValue Tokens(OnnxGraph graph, OnnxValue texts, string none, string pattern) =>
        graph.AddOfRuntime("Tokenizer", [texts], ("mark", 0), ("mincharnum", 1), ("pad_value", none), ("tokenexp", pattern));

    // Character by character, and joined again: [N, 1]. None of them is empty.
    private static OnnxValue InLowerCase(OnnxGraph graph, OnnxValue texts)
    {
        var characters = graph.Add("Squeeze", [Tokens(graph, texts, "", "."), graph.Integers(1)]); // [N, L]
        var (upper, lower) = Letters.Value;
        var place = graph.AddMachineLearning("LabelEncoder", [characters], ("keys_strings", upper), ("values_int64s", (long[])[.. upper.Select((_, i) => i + 1L)]), ("default_int64", 0L));
        var lowered = graph.Add("Where", [graph.Add("Equal", [place, graph.Integer(0)]), characters, graph.Add("Gather", [graph.Texts(["", .. lower]), place])]);
        return Joined(graph, lowered, graph.Add("Expand", [graph.Texts([""]), graph.Add("Shape", [texts])]));
    }

    // All columns become one: two by two, as long as there are several. In a loop, since ONNX Runtime keeps what a scan carries in two buffers in turn, and its StringConcat adds to what is there.
    private static OnnxValue Joined(OnnxGraph graph, OnnxValue texts, OnnxValue empty)
    {
        var body = graph.Within("join");
        body.Input(graph.FreeName("round"), OnnxType.Int64, "The number of the round");
        body.Input(graph.FreeName("goOn"), OnnxType.Bool, "True");
        var before = body.Input(graph.FreeName("before"), OnnxType.Text, "The parts so far", "N", "L");
        OnnxValue EachSecond(OnnxValue all, long first) => body.Add("Slice", [all, body.Integers(first), body.Integers(long.MaxValue), body.Integers(1), body.Integers(2)]);
        var longer = body.Add("Concat", [before, empty], ("axis", 1)); // so that the last one has a second, too
        var joined = body.Add("StringConcat", [EachSecond(before, 0), EachSecond(longer, 1)]);
        body.Output(graph.FreeName("goesOn"), HasSeveral(body, joined), OnnxType.Bool, "Whether there are several left");
        body.Output(graph.FreeName("joined"), joined, OnnxType.Text, "Half as many", "N", "half");
        return graph.Add("Loop", [null, HasSeveral(graph, texts), texts], ("body", body));
    }

    private static OnnxValue HasSeveral(OnnxGraph graph, OnnxValue columns) =>
        graph.Add("Greater", [graph.Add("Squeeze", [graph.Add("Shape", [columns], ("start", 1))]), graph.Integer(1)]);

    // Such as \x{30}-\x{39}\x{41}-\x{5a}: what training takes for a character of words, and no program's own table.
    private static string WordPattern()
    {
        var (pattern, first) = (new StringBuilder(), -1);
        for (var c = 0; c <= MostRune + 1; c++)
        {
            var belongs = Rune.IsValid(c) && WordGrams.Belongs(new Rune(c));
            if (belongs && first < 0)
            {
                first = c;
            }
            else if (!belongs && first >= 0)
            {
                pattern.Append(CultureInfo.InvariantCulture, $"\\x{{{first:x}}}-\\x{{{c - 1:x}}}");
                first = -1;
            }
        }

        return pattern.ToString();
    }

    private static (string[] Upper, string[] Lower) LowerLetters()
    {
        var upper = Enumerable.Range(0, MostRune + 1).Where(Rune.IsValid).Select(c => new Rune(c)).Where(r => WordGrams.Belongs(r) && WordGrams.Lower(r) != r).ToArray();
        return ([.. upper.Select(r => r.ToString())], [.. upper.Select(r => WordGrams.Lower(r).ToString())]);
    }
}
