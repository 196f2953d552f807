using System.Reflection;
using System.Text.Json;

namespace Granary.Web.Tests.Browser;

/// <summary>axe-core, which looks for what keeps people from using a page. The build of these tests has npm fetch it.</summary>
internal static class Axe
{
    private static readonly string Script = typeof(Axe).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Axe").Value!;

    /// <summary>What it finds on the page as it is that is serious or critical: the rule, and where.</summary>
    public static IReadOnlyList<string> Serious(Chromium browser)
    {
        Assert.SkipUnless(File.Exists(Script), "axe-core is not there: the build could not fetch it with npm (apt-get install npm)");
        browser.Run(File.ReadAllText(Script));
        return JsonSerializer.Deserialize<string[]>((string)browser.Run("""
            return axe.run(document).then(found => JSON.stringify(found.violations.filter(v => ['serious', 'critical'].includes(v.impact))
              .map(v => `${v.id} (${v.help}): ${v.nodes.map(n => n.target).join('; ')}`)));
            """)!)!;
    }
}
