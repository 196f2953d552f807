using Granary.Jobs;
using Microsoft.AspNetCore.Http;

namespace Granary.Web.Api;

/// <summary>What went wrong, as application/problem+json: the same message as the command line's in "detail", and its parts beside it.</summary>
internal static class Problem
{
    /// <summary>Any problem.</summary>
    public static IResult Of(int status, string title, string detail) => TypedResults.Problem(detail, statusCode: status, title: title);

    /// <summary>A job that cannot be taken: where the error is, and what to do.</summary>
    public static IResult OfJob(string message, string title)
    {
        var place = SourcePlace.Of(message);
        var parts = new Dictionary<string, object?>
        {
            ["file"] = place.File,
            ["line"] = place.Line,
            ["key"] = place.Key,
            ["remedy"] = Remedy(message),
        };
        return TypedResults.Problem(
            message, statusCode: StatusCodes.Status400BadRequest, title: title, extensions: parts.Where(p => p.Value is not null).ToDictionary());
    }

    /// <summary>What to do: a message says that after what is wrong. Null where it does not.</summary>
    internal static string? Remedy(string message)
    {
        for (var end = message.IndexOf(". ", StringComparison.Ordinal); end >= 0; end = message.IndexOf(". ", end + 1, StringComparison.Ordinal))
        {
            if (end + 2 < message.Length && char.IsAsciiLetterUpper(message[end + 2]))
            {
                return message[(end + 2)..];
            }
        }

        return null;
    }
}
