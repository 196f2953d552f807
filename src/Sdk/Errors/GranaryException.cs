namespace Granary.Sdk;

/// <summary>What a program can tell its user as it is: the message says what is wrong, where, and what to do. Each kind is a class of its own.</summary>
public abstract class GranaryException : Exception
{
    /// <summary>An error.</summary>
    /// <param name="message">What is wrong, where, and what to do.</param>
    /// <param name="inner">What it came from.</param>
    protected GranaryException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
