using System.Text.Json;
using Granary.Jobs;

namespace Granary.Sdk.Connecting;

/// <summary>A cluster that a user has logged in to.</summary>
/// <param name="Url">Where its silos serve HTTP.</param>
/// <param name="Token">The token; null: none.</param>
/// <param name="Authority">File of the certificates that its own is to come from; null: those that the system trusts.</param>
internal sealed record ClusterContext(Uri Url, string? Token, string? Authority)
{
    /// <summary>The same, as it is asked. GRANARY_TOKEN comes before the token that was kept.</summary>
    public RemoteCluster Cluster() => new(Url, ClusterChoice.TokenOfEnvironment ?? Token, Authority);

    /// <summary>The address alone: the token is nobody's business.</summary>
    public override string ToString() => Url.ToString();
}

/// <summary>The clusters that a user has logged in to, by names of their own, and the one that commands ask. Kept in a file that its user alone can read.</summary>
/// <param name="path">The file; it may be missing.</param>
internal sealed class ContextFile(string path)
{
    /// <summary>The name that stands for the cluster of this machine, which needs no context.</summary>
    public const string Local = "local";

    private const int LongestName = 64;

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>That of the user of this process.</summary>
    public static ContextFile OfUser => new(Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } folder && Path.IsPathRooted(folder)
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config"),
        "granary",
        "contexts.json"));

    /// <summary>The file.</summary>
    public string File { get; } = path;

    private sealed record Document(string? Current, SortedDictionary<string, ClusterContext> Contexts);

    /// <summary>Every context by its name, and the name of the one that commands ask; null: the cluster of this machine.</summary>
    /// <exception cref="JobException">The file cannot be used.</exception>
    public (IReadOnlyDictionary<string, ClusterContext> Contexts, string? Current) Read()
    {
        var document = Load();
        return (document.Contexts, document.Current);
    }

    /// <summary>The context that commands ask; null: the cluster of this machine.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public ClusterContext? Current() => Load() is { Current: { } name } document ? document.Contexts.GetValueOrDefault(name) : null;

    /// <summary>The context of a name.</summary>
    /// <exception cref="JobException">There is none, or the file cannot be used.</exception>
    public ClusterContext Get(string name)
    {
        var document = Load();
        return document.Contexts.GetValueOrDefault(name) ?? throw Unknown(name, document);
    }

    /// <summary>Keeps a context, in the place of one of the same name, and has commands ask it from now on.</summary>
    /// <exception cref="JobException">The name is none, or the file cannot be used.</exception>
    public void Put(string name, ClusterContext context)
    {
        if (name.Length is 0 or > LongestName || name == Local || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
        {
            throw new JobException($"a context's name is '{name}', but has 1 to {LongestName} letters, digits, dots, dashes and underscores, and is not '{Local}'. Name it: --context NAME");
        }

        var document = Load();
        document.Contexts[name] = context;
        Save(document with { Current = name });
    }

    /// <summary>Has commands ask a context from now on, or <see cref="Local"/>.</summary>
    /// <inheritdoc cref="Get" path="/exception"/>
    public void Use(string name)
    {
        var document = Load();
        Save(document with { Current = name == Local ? null : document.Contexts.ContainsKey(name) ? name : throw Unknown(name, document) });
    }

    /// <summary>Forgets a context, its token too. Where commands asked it they ask the cluster of this machine.</summary>
    /// <inheritdoc cref="Get" path="/exception"/>
    public void Remove(string name)
    {
        var document = Load();
        if (!document.Contexts.Remove(name))
        {
            throw Unknown(name, document);
        }

        Save(document with { Current = document.Current == name ? null : document.Current });
    }

    private Document Load()
    {
        if (!System.IO.File.Exists(File))
        {
            return new Document(null, []);
        }

        if (SecretFile.IsOpenToOthers(File))
        {
            throw new JobException($"{File} can be read by others, and it holds tokens. Give it to its user alone: chmod 600 {File}");
        }

        try
        {
            return JsonSerializer.Deserialize<Document>(System.IO.File.ReadAllText(File), Web) is { Contexts: not null } document
                ? document
                : throw new JsonException("it is empty");
        }
        catch (Exception e) when (e is JsonException || FileTrouble.Is(e))
        {
            throw new JobException($"{File}: the contexts cannot be read: {e.Message} Remove the file, and log in again.");
        }
    }

    private void Save(Document document)
    {
        try
        {
            var folder = Path.GetDirectoryName(File)!;
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            SecretFile.Write(File, JsonSerializer.Serialize(document, Web) + "\n", overwrite: true);
        }
        catch (Exception e) when (FileTrouble.Is(e))
        {
            throw new JobException($"{File}: the contexts cannot be written: {FileTrouble.Reason(e)}.");
        }
    }

    private JobException Unknown(string name, Document document) => new(
        $"there is no context '{name}'. " + (document.Contexts.Count == 0 ? "There is none yet: granary login URL" : $"Known: {string.Join(", ", document.Contexts.Keys)}, {Local}."));
}
