namespace Granary.Jobs;

/// <summary>Which kernels a process's matrix products are to use, of those that MKL has: GRANARY_KERNELS, and --kernels where silos are started.</summary>
public static class KernelSetting
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "GRANARY_KERNELS";

    /// <summary>Those of the processor's instruction sets, where the ones that MKL takes by itself were measured to be slower.</summary>
    public const string Auto = "auto";

    /// <summary>Those that MKL takes by itself.</summary>
    public const string Stock = "stock";

    /// <summary>Those of the processor's instruction sets, faster or not.</summary>
    public const string Features = "features";

    /// <summary>All settings.</summary>
    public static IReadOnlyList<string> All { get; } = [Auto, Stock, Features];

    /// <summary>What the variable says; "auto" where it is not set.</summary>
    /// <exception cref="JobException">It says something else.</exception>
    public static string OfEnvironment() => Of(Environment.GetEnvironmentVariable(Variable));

    /// <summary>A value of the variable; null or empty: it is not set.</summary>
    /// <inheritdoc cref="OfEnvironment" path="/exception"/>
    public static string Of(string? value) => value switch
    {
        null or "" => Auto,
        var text when All.Contains(text) => text,
        var text => throw new JobException($"{Variable} is '{text}', but must be one of {string.Join(", ", All)}."),
    };
}
