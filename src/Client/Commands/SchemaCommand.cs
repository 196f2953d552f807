using System.CommandLine;
using Granary.Jobs;

namespace Granary.Client.Commands;

/// <summary><c>granary schema</c></summary>
internal static class SchemaCommand
{
    public static Command Create() => new Command("schema", "The job file's JSON Schema, for editors: keys, types, ranges, defaults, and which kinds they belong to.")
        .Does(async (_, _) =>
        {
            await Console.Out.WriteAsync(JobSchema.Text());
            return ExitCode.Done;
        });
}
