using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Contracts;

/// <summary>Shows that one has the key of a silo's home without telling it. Whoever wants to know gives a number that was never used before, and is given a MAC of it, of the machine and of the
/// address that the connection has reached. So what a silo has shown at its own address is worth nothing at another, where a stranger passes on what it hears.</summary>
public sealed class KeyProof
{
    /// <summary>Where a silo shows it: ?nonce=NONCE is asked with GET.</summary>
    public const string Path = "/api/v1/proof";

    /// <summary>The header of the answer that holds it.</summary>
    public const string Header = "Granary-Proof";

    /// <summary>Characters of a nonce: lower-case hexadecimal digits.</summary>
    public const int NonceLength = 64;

    private const int NonceBytes = NonceLength / 2;

    private const string BootId = "/proc/sys/kernel/random/boot_id";

    private static readonly byte[] Purpose = Encoding.ASCII.GetBytes("granary: the key of a home is shown to be had");

    // An address of the loopback is one of this machine alone: what a silo of another machine answers, by way of whoever passes it on, must not do here.
    private static readonly string Machine = File.Exists(BootId) ? File.ReadAllText(BootId).Trim() : Environment.MachineName;

    // Made from the key, which it does not tell.
    private readonly byte[] _secret;

    private KeyProof(byte[] secret) => _secret = secret;

    /// <summary>That of a key.</summary>
    public static KeyProof Of(string key) => new(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Purpose));

    /// <summary>A nonce.</summary>
    public static string NewNonce() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NonceBytes));

    /// <summary>Whether a text may be a nonce.</summary>
    public static bool IsNonce(string text) => text.Length == NonceLength && text.All(char.IsAsciiHexDigitLower);

    /// <summary>The proof.</summary>
    /// <param name="nonce">What was given.</param>
    /// <param name="place">The address that the connection has reached, as the one who answers sees it.</param>
    public string Answer(string nonce, IPEndPoint place)
    {
        var address = place.Address.IsIPv4MappedToIPv6 ? place.Address.MapToIPv4() : place.Address;
        return Convert.ToHexStringLower(HMACSHA256.HashData(_secret, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{nonce} {Machine} {address} {place.Port}"))));
    }

    /// <summary>Whether an answer is the proof, in a time that does not depend on where it differs.</summary>
    public bool Holds(string answer, string nonce, IPEndPoint place) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(answer), Encoding.ASCII.GetBytes(Answer(nonce, place)));
}
