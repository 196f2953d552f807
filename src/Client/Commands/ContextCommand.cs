using System.CommandLine;
using Granary.Client.Display;
using Granary.Sdk.Connecting;

namespace Granary.Client.Commands;

/// <summary><c>granary context ...</c>: the clusters that were logged in to.</summary>
internal static class ContextCommand
{
    public static Command Create() => new("context", "The clusters that were logged in to, and which of them commands ask.") { List(), Use(), Remove() };

    private static Argument<string> Name() => new("name") { Description = $"The context; {ContextFile.Local}: the cluster of this machine." };

    private static Command List()
    {
        var json = CommandParts.Json();
        return new Command("list", "Each of them; the one that commands ask has a star.") { json }.Does((result, _) =>
        {
            var (contexts, current) = ContextFile.OfUser.Read();
            if (result.GetValue(json))
            {
                JobDocument.Write(new { current = current ?? ContextFile.Local, contexts = contexts.Select(c => new { name = c.Key, url = c.Value.Url, hasToken = c.Value.Token is not null, ca = c.Value.Authority }) });
                return Task.FromResult(ExitCode.Done);
            }

            var table = new TextTable(text: false, "", "context", "url", "ca");
            table.Add(current is null ? "*" : "", ContextFile.Local, "this machine", "");
            foreach (var (name, context) in contexts)
            {
                table.Add(name == current ? "*" : "", name, context.ToString(), context.Authority ?? "");
            }

            Console.Write(table.Text(Terminal.OutputWidth));
            return Task.FromResult(ExitCode.Done);
        });
    }

    private static Command Use()
    {
        var name = Name();
        return new Command("use", "Has commands ask it from now on.") { name }.Does((result, _) =>
        {
            ContextFile.OfUser.Use(result.GetValue(name)!);
            CommandParts.Result($"commands ask {result.GetValue(name)} from now on");
            return Task.FromResult(ExitCode.Done);
        });
    }

    private static Command Remove()
    {
        var name = Name();
        return new Command("remove", "Forgets it, and its token.") { name }.Does((result, _) =>
        {
            ContextFile.OfUser.Remove(result.GetValue(name)!);
            CommandParts.Result($"{result.GetValue(name)} is forgotten");
            return Task.FromResult(ExitCode.Done);
        });
    }
}
