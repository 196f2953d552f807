using Granary.Contracts;
using Microsoft.AspNetCore.Http;

namespace Granary.Web.Security;

/// <summary>Who asks.</summary>
/// <param name="Name">Name of the token, for the audit log.</param>
/// <param name="Role">What they may do.</param>
internal sealed record Caller(string Name, Role Role)
{
    /// <summary>Whoever reaches a server that asks for no tokens.</summary>
    public static Caller Anybody { get; } = new("anybody", Role.Operator);

    /// <summary>What a job that they hand in is to be known by; null: nobody's in particular.</summary>
    public string? Owner => ReferenceEquals(this, Anybody) ? null : Name;

    /// <summary>Whether they may end, pause or resume a job.</summary>
    /// <param name="owner">The job's owner.</param>
    public bool MayChange(string? owner) => Role == Role.Operator || (Role == Role.Submitter && owner == Name);

    /// <summary>The one behind a request, which the guard has let through.</summary>
    public static Caller Of(HttpContext context) => (Caller)context.Items[typeof(Caller)]!;

    /// <summary>Notes who is behind a request.</summary>
    public void IsBehind(HttpContext context) => context.Items[typeof(Caller)] = this;
}

/// <summary>The caller may not do what they ask for; the message says who may.</summary>
internal sealed class ForbiddenException(string message) : Exception(message);
