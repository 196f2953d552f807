using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>How a file is written, where that is worth a word.</summary>
internal static class FileForm
{
    /// <summary>"gzip, UTF-16, lines end in CR", "int16, 60 x 4"; null: it is as files of its format mostly are.</summary>
    public static string? Of(string path, DataSection data)
    {
        var bytes = FormatKinds.Of(data.Format).Bytes;
        var areLines = bytes == SourceBytes.Lines;
        string[] forms = [.. bytes == SourceBytes.Closed ? [] : SourceFile.Forms(path, areLines || bytes == SourceBytes.Text, areLines), .. FormatCatalogue.Of(data).Forms(path)];
        return forms.Length == 0 ? null : string.Join(", ", forms);
    }
}
