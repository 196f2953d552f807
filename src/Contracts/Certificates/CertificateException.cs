namespace Granary.Contracts.Certificates;

/// <summary>A certificate, a key or their folder cannot be used.</summary>
/// <param name="message">Names the file and the remedy; it is all that a user needs.</param>
public sealed class CertificateException(string message) : Exception(message);
