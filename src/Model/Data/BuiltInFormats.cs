namespace Granary.BuiltIn;

/// <summary>The registration of the built-in formats of data: one line for each, in the order in which messages and the reference name them.</summary>
/// <remarks>This file is compiled twice, as src/Model/Models/BuiltInModels.cs is: into Granary.Jobs, where a line registers the format's description
/// (CsvFormat.Description.cs), and into Granary.Model, where it registers its reader (CsvFormat.Reader.cs).</remarks>
internal static partial class BuiltInFormats
{
    private static void Register()
    {
        AddDataFormat<CsvFormat>();
        AddDataFormat<IdxFormat>();
        AddDataFormat<ImagesFormat>();
        AddDataFormat<TextFormat>();
        AddDataFormat<LibsvmFormat>();
        AddDataFormat<ParquetFormat>();
    }
}
