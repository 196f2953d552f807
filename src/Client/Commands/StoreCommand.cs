using System.CommandLine;
using Granary.Client.Local;

namespace Granary.Client.Commands;

/// <summary><c>granary store init</c></summary>
internal static class StoreCommand
{
    private const string Init = "init";

    public static Command Create()
    {
        var action = new Argument<string>("action") { Description = "init: makes the tables, or brings them to this build's version. Doing so again changes nothing." };
        action.AcceptOnlyFromAmong(Init);
        var store = new Option<string>("--store") { Description = "postgres, or one of the program's own (GRANARY_STORE); the others need nothing made beforehand." };
        var postgres = new Option<string>("--postgres") { Description = "Host=...;Database=...;Username=...;Password=... (GRANARY_POSTGRES)." };
        return new Command("store", "Makes in a cluster's store what its silos need there, once, before the first of them starts.") { action, store, postgres }.Does((result, cancellation) =>
            SiloProgram.Run(["store", result.GetValue(action)!, .. Given("--store", result.GetValue(store)), .. Given("--postgres", result.GetValue(postgres))], cancellation));
    }

    private static string[] Given(string option, string? value) => value is { Length: > 0 } ? [$"{option}={value}"] : [];
}
