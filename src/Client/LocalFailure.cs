using System.ComponentModel;
using System.Net.Sockets;

namespace Granary.Client;

/// <summary>Errors of this machine: a file that cannot be read or written, a program that cannot be started. What a cluster answers never
/// gets this far as it is.</summary>
internal static class LocalFailure
{
    /// <summary>The error for its user; null where it is none of these.</summary>
    public static string? Of(Exception error) => error switch
    {
        IOException or UnauthorizedAccessException => $"on this machine: {error.Message}",
        Win32Exception and not SocketException => $"a program could not be started: {error.Message}",
        _ => null,
    };
}
