using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Web.Security;

/// <summary>Tokens as texts, and what is kept of them. A token is 256 random bits, so that nobody can try them all: one round of SHA-256 hides it as well as
/// the slow hashes that passwords need, which people choose.</summary>
internal static class TokenText
{
    /// <summary>What each begins with, so that programs which look for secrets know it.</summary>
    public const string Prefix = "granary_";

    /// <summary>Characters of the longest text that is looked at.</summary>
    public const int Longest = 200;

    private const int Bytes = 32;

    /// <summary>A new one.</summary>
    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>SHA-256 of one, as lower-case hexadecimal digits.</summary>
    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Whether two hashes are the same, in a time that does not depend on where they differ.</summary>
    public static bool AreSame(string hash, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(other));
}
