using System.CommandLine;
using System.CommandLine.Parsing;
using Granary.Jobs;

namespace Granary.Client.Commands;

/// <summary>Options and arguments that are paths: a "~" at the start is the home folder there, as in job files, where the shell has left it
/// (as it does in --output=~/model and within quotes).</summary>
internal static class PathOption
{
    /// <summary>Makes an option one of a path.</summary>
    public static Option<T> IsPath<T>(this Option<T> option)
        where T : class?
    {
        option.CustomParser = Read<T>;
        return option;
    }

    /// <summary>Makes an argument one of a path.</summary>
    public static Argument<T> IsPath<T>(this Argument<T> argument)
        where T : class?
    {
        argument.CustomParser = Read<T>;
        return argument;
    }

    private static T? Read<T>(ArgumentResult result)
        where T : class? => result.Tokens.Count > 0 ? (T)(object)UserPath.Expand(result.Tokens[^1].Value) : default;
}
