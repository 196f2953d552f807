using System.CommandLine;
using Granary.Sdk.Connecting;

namespace Granary.Client.Commands;

/// <summary><c>granary login URL</c>: keeps a cluster's address and a token, for the commands after it.</summary>
internal static class LoginCommand
{
    public static Command Create()
    {
        var url = new Argument<string>("url") { Description = "The cluster's HTTP API, as in https://granary.example:8443." };
        var fromStdin = new Option<bool>("--token-stdin") { Description = "Read the token from standard input. Without it GRANARY_TOKEN is taken, else it is asked for." };
        var authority = new Option<string?>("--ca") { Description = "File of the certificates, in PEM, one of which the server's is to come from. Default: those that the system trusts." }.IsPath();
        var name = new Option<string?>("--context") { Description = "What the cluster is to be called (default: its host)." };
        return new Command("login", "Has the commands after it ask a cluster elsewhere, over its HTTP API.") { url, fromStdin, authority, name }.Does(async (result, cancellation) =>
        {
            var address = RemoteCluster.Parse(result.GetValue(url)!, "the address");
            var file = result.GetValue(authority) is { } path ? Path.GetFullPath(path) : null;
            var token = Token(result.GetValue(fromStdin));
            var cluster = new RemoteCluster(address, token, file);
            if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback)
            {
                await Console.Error.WriteLineAsync($"warning: {cluster} is no https address: whoever is on the way can read the token.");
            }

            using var api = new HttpApi(cluster);
            var me = await api.Ask(HttpMethod.Get, "/whoami", cancellation)
                ?? throw new UserException(ExitCode.Unreachable, $"what answers at {cluster} is no cluster of Granary.");
            var context = result.GetValue(name) ?? address.Host.Trim('[', ']').Replace(':', '-');
            ContextFile.OfUser.Put(context, new ClusterContext(address, token, file));
            CommandParts.Result(me.GetProperty("hasToken").GetBoolean()
                ? $"commands ask {cluster} from now on, as '{me.GetProperty("name").GetString()}' ({me.GetProperty("role").GetString()}). Back to this machine: granary context use local"
                : $"commands ask {cluster} from now on, which asks for no token. Back to this machine: granary context use local");
            return ExitCode.Done;
        });
    }

    // A token that is none at all is refused by the cluster, in its own words.
    private static string? Token(bool fromStdin)
    {
        if (!fromStdin && ClusterChoice.TokenOfEnvironment is { } said)
        {
            return said;
        }

        if (!fromStdin && Console.IsInputRedirected)
        {
            return null;
        }

        if (!fromStdin)
        {
            Console.Error.Write("token (empty: none): ");
        }

        var line = fromStdin || Console.IsInputRedirected ? Console.In.ReadLine() : Hidden();
        return line?.Trim() is { Length: > 0 } token ? token
            : fromStdin ? throw new UserException(ExitCode.Usage, "--token-stdin: standard input holds no token.")
            : null;
    }

    // What is typed is not shown.
    private static string Hidden()
    {
        var typed = new System.Text.StringBuilder();
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                typed.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
