using System.Reflection;
using System.Runtime.Loader;

namespace Granary.Architecture.Tests;

/// <summary>The assemblies that a silo's program loads, to look at.</summary>
internal static class SiloAssemblies
{
    private static readonly AssemblyLoadContext Context = Resolving();

    private static string Silo => Path.GetFullPath(
        typeof(SiloAssemblies).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Silo").Value!);

    /// <summary>One of them.</summary>
    public static Assembly Load(string name) => Context.LoadFromAssemblyName(new AssemblyName(name));

    /// <summary>A type as C# writes it, without namespaces.</summary>
    public static string Name(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;

    private static AssemblyLoadContext Resolving()
    {
        var resolver = new AssemblyDependencyResolver(Silo);
        var context = new AssemblyLoadContext("silo");
        context.Resolving += (c, name) => resolver.ResolveAssemblyToPath(name) is { } path ? c.LoadFromAssemblyPath(path) : null;
        return context;
    }
}
