using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>What is unusual about how a file is written.</summary>
internal static class FileForm
{
    /// <summary>"gzip, UTF-16, lines end in CR"; null: it is as files mostly are.</summary>
    public static string? Of(string path, DataSection data)
    {
        var bytes = FormatKinds.Of(data.Format).Bytes;
        var areLines = bytes == SourceBytes.Lines;
        var forms = bytes == SourceBytes.Closed ? [] : SourceFile.Forms(path, areLines || bytes == SourceBytes.Text, areLines);
        return forms.Count == 0 ? null : string.Join(", ", forms);
    }
}
