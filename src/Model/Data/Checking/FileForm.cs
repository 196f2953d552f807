using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>What is unusual about how a file is written.</summary>
internal static class FileForm
{
    /// <summary>"gzip, UTF-16, lines end in CR"; null: it is as files mostly are.</summary>
    public static string? Of(string path, DataSection data)
    {
        var areLines = data.Format is DataFormat.Csv or DataFormat.Libsvm;
        var forms = data.Format == DataFormat.Parquet ? [] : SourceFile.Forms(path, areLines || data.Format == DataFormat.Text, areLines);
        return forms.Count == 0 ? null : string.Join(", ", forms);
    }
}
