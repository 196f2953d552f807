using Granary.Contracts;
using Granary.Jobs;
using Granary.Web.Security;

namespace Granary.Silo.Hosting;

/// <summary>The key in a silo's home: whoever can read the home's files of its user alone is an operator of the cluster, as whoever can change those files already is.
/// With it the first token is made.</summary>
internal static class HomeKey
{
    /// <summary>The file's name.</summary>
    public const string FileName = "operator.key";

    /// <summary>What the audit log calls whoever has it.</summary>
    public const string Holder = "home";

    /// <summary>The key, which is made where it is missing. Silos that share the home share it.</summary>
    /// <param name="home">The home; it is there.</param>
    /// <exception cref="SettingException">The file holds no key.</exception>
    public static FixedKey Of(string home)
    {
        var path = Path.Combine(home, FileName);
        if (!File.Exists(path))
        {
            SecretFile.Write(path, TokenText.New() + "\n", overwrite: false);
        }

        var key = File.ReadAllText(path).Trim();
        if (SecretFile.IsOpenToOthers(path))
        {
            throw new SettingException($"{path} can be read by others, who would be operators. Give it to its user alone: chmod 600 {path}");
        }

        return key.StartsWith(TokenText.Prefix, StringComparison.Ordinal)
            ? new FixedKey(Holder, TokenText.HashOf(key)) { Proof = KeyProof.Of(key) }
            : throw new SettingException($"{path}: this is no key. Remove it: a new one is made.");
    }
}
