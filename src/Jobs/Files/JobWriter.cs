using System.Globalization;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A job as a job file: keys in the order of their declaration, every default filled in that has a meaning for it.</summary>
internal static class JobWriter
{
    public static string Write(Job job)
    {
        var text = new StringBuilder();
        using (var writer = new StringWriter(text, CultureInfo.InvariantCulture))
        {
            new YamlStream(new YamlDocument(JobKeys.File.Write(job)!)).Save(writer, assignAnchors: false);
        }

        return text.ToString().Replace("...\n", "", StringComparison.Ordinal);
    }
}
