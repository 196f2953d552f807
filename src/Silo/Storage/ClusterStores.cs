using Granary.Silo.Hosting;

namespace Granary.Silo.Storage;

/// <summary>The cluster stores that a silo's program knows.</summary>
public static class ClusterStores
{
    /// <summary>Adds one. Of two with the same name the one added last is taken.</summary>
    /// <typeparam name="TStore">The store.</typeparam>
    /// <param name="builder">The silo.</param>
    public static ISiloBuilder AddClusterStore<TStore>(this ISiloBuilder builder)
        where TStore : class, IClusterStore, new()
    {
        builder.Services.AddSingleton<IClusterStore>(new TStore());
        return builder;
    }

    /// <summary>The one of a name.</summary>
    /// <exception cref="SettingException">There is none.</exception>
    internal static IClusterStore Choose(IServiceCollection services, string name)
    {
        IClusterStore[] known = [.. services.Where(s => s.ServiceType == typeof(IClusterStore) && !s.IsKeyedService).Select(s => s.ImplementationInstance).OfType<IClusterStore>()];
        return Array.FindLast(known, s => s.Name == name)
            ?? throw new SettingException($"--store is '{name}', but must be one of {string.Join(", ", known.Select(s => s.Name).Distinct())}.");
    }
}
