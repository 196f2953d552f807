namespace Granary.Contracts;

/// <summary>How long calls may take that read data: a source may be large and its disk slow, and a silo that dies meanwhile is
/// noticed by membership.</summary>
internal static class LongAnswer
{
    /// <summary>A time span, as <see cref="ResponseTimeoutAttribute"/> wants it.</summary>
    public const string Time = "12:00:00";
}
