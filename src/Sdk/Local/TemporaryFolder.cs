using Granary.Jobs;

namespace Granary.Sdk.Local;

/// <summary>A folder for as long as a command runs.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string Variable = "TMPDIR";

    /// <param name="prefix">What its name begins with.</param>
    /// <exception cref="LocalClusterException">None can be made; the message says where, and which variable says so.</exception>
    public TemporaryFolder(string prefix)
    {
        try
        {
            Path = Directory.CreateTempSubdirectory(prefix).FullName;
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            var where = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } told ? $"{Variable} is {told}, where" : $"in {System.IO.Path.GetTempPath()}";
            throw new LocalClusterException(
                $"{where} no folder can be made: {FileTrouble.Reason(e)}. Set {Variable} to a folder that can be written to.");
        }
    }

    /// <summary>Its path, absolute.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            // It is gone already, or stays behind and takes some room. The command's work is done either way.
        }
    }
}
