using Granary.Web.Api;
using Granary.Web.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Granary.Web.Auditing;

/// <summary>Notes who has changed what. An entry is written before the answer to its request is sent. Where that fails, as on a full disk, the change has been made all the same, and the silo's own log says what is missing.</summary>
/// <param name="settings">How the server is served.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told where an entry cannot be written.</param>
internal sealed partial class AuditLog(WebSettings settings, TimeProvider time, ILogger<AuditLog> logger)
{
    private const int Longest = 200; // characters of anything that a caller has chosen
    private const int FirstRefusal = StatusCodes.Status400BadRequest;
    private const int FirstFailure = StatusCodes.Status500InternalServerError;

    private readonly AuditFolder? _folder = settings.Access.AuditFolder is { } path ? new AuditFolder(path) : null;

    /// <summary>Answers a request, and notes what came of it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Whoever asks.</param>
    /// <param name="action">For what.</param>
    /// <param name="answer">Answers it.</param>
    public async Task Note(HttpContext context, Caller caller, string action, Func<Task> answer)
    {
        if (_folder is null)
        {
            await answer();
            return;
        }

        context.Response.OnStarting(() =>
        {
            Write(_folder, context, caller, action, context.Response.StatusCode);
            return Task.CompletedTask;
        });
        try
        {
            await answer();
        }
        catch (Exception e) when (!ProblemMiddleware.Foresees(e) && e is not OperationCanceledException && !context.Response.HasStarted)
        {
            Write(_folder, context, caller, action, FirstFailure); // the server answers that by itself
            throw;
        }
    }

    /// <summary>Says what a request is about, where its address does not.</summary>
    public static void Concerns(HttpContext context, string what) => context.Items[typeof(AuditLog)] = what;

    /// <summary>The newest entries, oldest first.</summary>
    public IReadOnlyList<AuditEntry> Newest(int most) => _folder?.Newest(most) ?? [];

    /// <summary>What a status says in a word. Plain rule.</summary>
    public static string ResultOf(int status) => status switch
    {
        < FirstRefusal => "done",
        StatusCodes.Status499ClientClosedRequest => "cut off",
        < FirstFailure => "refused",
        _ => "failed",
    };

    private void Write(AuditFolder folder, HttpContext context, Caller caller, string action, int status)
    {
        var what = context.Items[typeof(AuditLog)] as string ?? context.Request.RouteValues["job"] as string ?? context.Request.RouteValues["name"] as string
            ?? context.Request.Query["job"].ToString();
        var entry = new AuditEntry(
            time.GetUtcNow(), caller.Name, caller.Role.ToString().ToLowerInvariant(), context.Connection.RemoteIpAddress?.ToString() ?? "", action,
            what.Length == 0 ? null : what.Length <= Longest ? what : what[..Longest], ResultOf(status), status, settings.Silo);
        try
        {
            folder.Append(entry);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotWritten(e.Message, entry.Who, entry.Action, entry.What, entry.Status);
        }
    }

    [LoggerMessage(LogLevel.Error, "The audit log cannot be written ({Error}): {Who} has asked for {Action} of {What}, and was answered {Status}")]
    private partial void LogNotWritten(string error, string who, string action, string? what, int status);
}
