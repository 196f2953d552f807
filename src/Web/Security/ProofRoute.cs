using System.Net;
using Granary.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Granary.Web.Security;

/// <summary>A silo shows the command line of its own machine that it has the key of their home, before it is told that key.</summary>
internal static class ProofRoute
{
    /// <summary>Adds it.</summary>
    public static void MapProof(this IEndpointRouteBuilder app) => app.MapGet(KeyProof.Path, IResult (string? nonce, HttpContext context, WebSettings settings) =>
        {
            var (address, port) = (context.Connection.LocalIpAddress, context.Connection.LocalPort);
            if (settings.Access.Keys.Select(k => k.Proof).FirstOrDefault(p => p is not null) is not { } proof || address is null || !IPAddress.IsLoopback(address))
            {
                return TypedResults.NotFound();
            }

            if (nonce is null || !KeyProof.IsNonce(nonce))
            {
                throw new BadHttpRequestException($"a nonce has {KeyProof.NonceLength} lower-case hexadecimal digits.");
            }

            context.Response.Headers[KeyProof.Header] = proof.Answer(nonce, new IPEndPoint(address, port));
            return TypedResults.NoContent();
        })
        .IsOpen()
        .ExcludeFromDescription();
}
