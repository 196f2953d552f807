namespace Granary.Client.Commands;

/// <summary>Several pairs after one --set: "--set a=1 b=2 job.yaml". An option that takes any number of words would take the job
/// file too, so that each pair is given a --set of its own before anything is parsed.</summary>
internal static class SetPairs
{
    private const string Option = "--set";

    /// <summary>The same arguments with one pair after each --set. A word after a pair is a pair too if it holds "=", is no option
    /// and no file.</summary>
    public static string[] Spread(IReadOnlyList<string> arguments)
    {
        var spread = new List<string>();
        var within = false;
        for (var i = 0; i < arguments.Count; i++)
        {
            var word = arguments[i];
            if (word == Option && i + 1 < arguments.Count)
            {
                spread.AddRange(word, arguments[++i]);
                within = true;
                continue;
            }

            within = within && word.IndexOf('=', StringComparison.Ordinal) > 0 && word[0] != '-' && !File.Exists(word);
            spread.AddRange(within ? [Option, word] : [word]);
        }

        return [.. spread];
    }
}
