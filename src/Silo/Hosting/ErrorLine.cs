using System.Text.RegularExpressions;

namespace Granary.Silo.Hosting;

/// <summary>Errors in one line, for people: what happened and what lies behind it, never the stack.</summary>
internal static partial class ErrorLine
{
    private const int Longest = 600;

    /// <summary>The messages of an error and of those that caused it, the outermost first.</summary>
    public static string Of(Exception error)
    {
        var parts = new List<string>();
        for (var e = error; e is not null; e = e.InnerException)
        {
            var message = Of(e is AggregateException { InnerException: not null } ? "" : e.Message);
            if (message.Length > 0 && !parts.Exists(p => p.Contains(message, StringComparison.Ordinal)))
            {
                parts.Add(e is OperationCanceledException or TimeoutException || parts.Count == 0 ? message : $"{e.GetType().Name}: {message}");
            }
        }

        return parts.Count == 0 ? error.GetType().Name : Short(string.Join(" <- ", parts));
    }

    /// <summary>A text without the frames of a stack, in one line.</summary>
    public static string Of(string text) => Spaces().Replace(Frames().Replace(text, ""), " ").Trim();

    private static string Short(string line) => line.Length <= Longest ? line : line[..Longest] + " ...";

    [GeneratedRegex(@"^[ \t]*(at [\w<>`+$]+\.[^(\n]*\(.*|---+ End of .*)$", RegexOptions.Multiline)]
    private static partial Regex Frames();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
