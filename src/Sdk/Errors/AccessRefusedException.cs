namespace Granary.Sdk;

/// <summary>The cluster asks for a token and got none, or none that is worth anything; or the token's role is not enough for what was asked.</summary>
public sealed class AccessRefusedException : GranaryException
{
    internal AccessRefusedException(string message)
        : base(message)
    {
    }
}
