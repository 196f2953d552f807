using System.Runtime.CompilerServices;
using Granary.Extensions.Tests.Formats;
using Granary.Extensions.Tests.Models;
using Granary.Extensions.Tests.Optimizers;
using Granary.Model.Custom;

namespace Granary.Extensions.Tests;

/// <summary>What a stranger adds, one line each, as a silo's program does before it starts anything.</summary>
internal static class Doors
{
    [ModuleInitializer]
    internal static void Open()
    {
        OwnModels.AddModelKind<GatedKind>();
        OwnModels.Add("edges", (options, input) => new EdgeNet(options, input));
        OwnModels.Add("robust", (_, input) => new Robust(input));
        OwnModels.Add("tagger", (_, input) => new Tagger(input));
        OwnOptimizers.Add("cautious", options => new Cautious(options));
        OwnFormats.AddDataFormat<Records>();
    }
}
