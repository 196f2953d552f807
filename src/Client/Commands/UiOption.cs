using System.CommandLine;
using System.Globalization;

namespace Granary.Client.Commands;

/// <summary>Where a cluster of this machine serves its page.</summary>
internal static class UiOption
{
    private const string None = "none";

    /// <summary>--ui-port.</summary>
    public static Option<string> Port() => new("--ui-port")
    {
        Description = "Port of the web page and the HTTP API, for this machine alone; 0: any free one; none: neither.",
        DefaultValueFactory = _ => "0",
    };

    /// <summary>The port; null: none.</summary>
    /// <exception cref="UserException">It is no port.</exception>
    public static int? Of(string text) => text == None ? null
        : ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port
        : throw new UserException(ExitCode.Usage, $"--ui-port is '{text}', but must be a port, 0 (any free one) or {None}.");

    /// <summary>Says where the page is, after what a cluster has come to.</summary>
    public static string At(Uri? web) => web is null ? "" : $"\nits page: {web}";
}
