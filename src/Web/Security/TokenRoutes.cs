using System.ComponentModel;
using System.Text.RegularExpressions;
using Granary.Contracts;
using Granary.Web.Api;
using Granary.Web.Auditing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Granary.Web.Security;

/// <summary>Tokens are made, listed and revoked; what was changed is read.</summary>
internal static partial class TokenRoutes
{
    private const int MostEntries = 10_000;
    private const int FewEntries = 100;
    private const int LongestLife = 3650; // days

    /// <summary>Adds them.</summary>
    public static void MapTokens(this IEndpointRouteBuilder api)
    {
        api.MapGet("/tokens", async (ClusterCalls calls, CancellationToken cancellation) =>
                TypedResults.Ok<IReadOnlyList<TokenDocument>>([.. (await calls.Ask(calls.Tokens.List, cancellation)).Select(Document)]))
            .Needs(Role.Operator)
            .Says("Access", "Every token that has not been revoked", "What they are is known to those who have them alone.");
        api.MapPost("/tokens", Create)
            .Produces<NewTokenDocument>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest, "application/problem+json")
            .ProducesProblem(StatusCodes.Status409Conflict, "application/problem+json")
            .Needs(Role.Operator)
            .Changes("token.create")
            .Says("Access", "Makes a token", "It is in the answer, and nowhere else: the cluster keeps its hash.");
        api.MapDelete("/tokens/{name}", async Task<IResult> (string name, ClusterCalls calls, CancellationToken cancellation) =>
                await calls.Change(() => calls.Tokens.Revoke(name), cancellation)
                    ? TypedResults.NoContent()
                    : Problem.Of(StatusCodes.Status404NotFound, "Unknown token", $"there is no token '{name}'. Those that there are: granary token list"))
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound, "application/problem+json")
            .Needs(Role.Operator)
            .Changes("token.revoke")
            .Says("Access", "Revokes a token", "A second later no silo takes it any more.");
        api.MapGet("/audit-log", async Task<IResult> (int? last, AuditLog audit, WebSettings settings, ClusterCalls calls, CancellationToken cancellation) => last is < 1 or > MostEntries
                ? Problem.Of(StatusCodes.Status400BadRequest, "Bad request", $"last is {last}, but goes from 1 to {MostEntries}.")
                : TypedResults.Ok(await Trail(last ?? FewEntries, audit, settings.Silo, calls, cancellation)))
            .Produces<AuditTrail>()
            .ProducesProblem(StatusCodes.Status400BadRequest, "application/problem+json")
            .Needs(Role.Operator)
            .Says("Access", "The newest changes that were asked for, oldest first", "Of all living silos; silent names those that did not answer. last: how many (100).");
    }

    // This silo's own entries are read here, so that they are told whoever else is silent.
    private static async Task<AuditTrail> Trail(int most, AuditLog audit, string self, ClusterCalls calls, CancellationToken cancellation)
    {
        var others = await calls.AskSilos(() => calls.Cluster.Audit(most, self), cancellation);
        try
        {
            return others with { Entries = AuditTrail.Newest([.. others.Entries, .. audit.Newest(most)], most) };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return others with { Silent = [.. others.Silent, self] };
        }
    }

    private static async Task<IResult> Create([AsParameters] TokenQuery query, HttpContext context, ClusterCalls calls, TimeProvider time, CancellationToken cancellation)
    {
        if (query.Name is not { } name || !Names().IsMatch(name))
        {
            throw new BadHttpRequestException($"a token's name is '{query.Name}', but has 1 to 64 letters, digits, dots, dashes and underscores.");
        }

        AuditLog.Concerns(context, name);
        if (!Enum.TryParse<Role>(query.Role, ignoreCase: true, out var role) || !string.Equals(role.ToString(), query.Role, StringComparison.OrdinalIgnoreCase))
        {
            throw new BadHttpRequestException($"role is '{query.Role}', but must be viewer, submitter or operator.");
        }

        if (query.Days is { } days && !(days > 0 && days <= LongestLife))
        {
            throw new BadHttpRequestException(FormattableString.Invariant($"days is {days}, but must be above 0 and at most {LongestLife}."));
        }

        AuditLog.Concerns(context, $"{name} ({Name(role)})");
        var (token, now) = (TokenText.New(), time.GetUtcNow());
        var record = new TokenRecord(name, role, TokenText.HashOf(token), now, query.Days is { } life ? now.AddDays(life) : null, Caller.Of(context).Name);
        return await calls.Change(() => calls.Tokens.Add(record), cancellation)
            ? TypedResults.Created("/api/v1/tokens", new NewTokenDocument(record.Name, token, Name(role), record.Expires))
            : Problem.Of(StatusCodes.Status409Conflict, "The name is taken", $"there is a token '{name}' already. Choose another name, or revoke that one: granary token revoke {name}");
    }

    private static TokenDocument Document(TokenRecord t) => new(t.Name, Name(t.Role), t.Created, t.Expires, t.By);

    private static string Name(Role role) => role.ToString().ToLowerInvariant();

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Names();
}

/// <summary>Which token is made.</summary>
public sealed record TokenQuery
{
    /// <summary>What it is called.</summary>
    [FromQuery(Name = "name"), Description("What it is called, in lists and in the audit log.")]
    public string? Name { get; init; }

    /// <summary>What its holder may do.</summary>
    [FromQuery(Name = "role"), Description("viewer, submitter or operator.")]
    public string? Role { get; init; }

    /// <summary>For how long.</summary>
    [FromQuery(Name = "days"), Description("Days that it is worth something, fractions too. Default: until it is revoked.")]
    public double? Days { get; init; }
}
