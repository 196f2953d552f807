using Granary.Contracts;
using Granary.Jobs;
using Granary.Web.Api;
using Granary.Web.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Granary.Web.Auditing;

/// <summary>Notes who has changed what: that it is asked for, before anything is done about it, and what came of it, before the answer is sent. Where the first cannot be written, as on a full disk,
/// the call is refused; where only the second cannot, the log has the call without its result, and the silo's own log has that.</summary>
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

        var call = Guid.CreateVersion7().ToString("N");
        if (Write(_folder, context, caller, action, 0, call) is { } cause)
        {
            await Problem.Of(StatusCodes.Status503ServiceUnavailable, "The audit log cannot be written",
                $"nothing has been changed: the audit log of silo {settings.Silo} cannot be written ({cause}). Make room on its disk, or ask another silo.").ExecuteAsync(context);
            return;
        }

        context.Response.OnStarting(() =>
        {
            Write(_folder, context, caller, action, context.Response.StatusCode, call);
            return Task.CompletedTask;
        });
        try
        {
            await answer();
        }
        catch (Exception e) when (!ProblemMiddleware.Foresees(e) && e is not OperationCanceledException && !context.Response.HasStarted)
        {
            Write(_folder, context, caller, action, FirstFailure, call); // the server answers that by itself
            throw;
        }
    }

    /// <summary>Says what a request is about, where its address does not.</summary>
    public static void Concerns(HttpContext context, string what) => context.Items[typeof(AuditLog)] = what;

    /// <summary>The newest entries of this silo's folder, oldest first.</summary>
    public IReadOnlyList<AuditEntry> Newest(int most) => _folder?.Newest(most) ?? [];

    /// <summary>What a status says in a word. Plain rule.</summary>
    public static string ResultOf(int status) => status switch
    {
        < FirstRefusal => "done",
        StatusCodes.Status499ClientClosedRequest => "cut off",
        < FirstFailure or StatusCodes.Status507InsufficientStorage => "refused",
        _ => "failed",
    };

    // Why it cannot be written; null: it is. Status 0: there is no answer yet.
    private string? Write(AuditFolder folder, HttpContext context, Caller caller, string action, int status, string call)
    {
        var what = context.Items[typeof(AuditLog)] as string ?? context.Request.RouteValues["job"] as string ?? context.Request.RouteValues["name"] as string
            ?? context.Request.Query["job"].ToString();
        var entry = new AuditEntry(
            time.GetUtcNow(), caller.Name, caller.Role.ToString().ToLowerInvariant(), context.Connection.RemoteIpAddress?.ToString() ?? "", action,
            what.Length == 0 ? null : what.Length <= Longest ? what : what[..Longest], status == 0 ? AuditEntry.Asked : ResultOf(status), status, settings.Silo, call);
        try
        {
            folder.Append(entry);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotWritten(e.Message, entry.Who, entry.Action, entry.What, entry.Status);
            return FileTrouble.Reason(e);
        }
    }

    [LoggerMessage(LogLevel.Error, "The audit log cannot be written ({Error}): {Who} has asked for {Action} of {What}, and was answered {Status}")]
    private partial void LogNotWritten(string error, string who, string action, string? what, int status);
}
