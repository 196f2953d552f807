using Microsoft.Extensions.DependencyInjection;
using Orleans.Messaging;

namespace Granary.Sdk.Connecting;

/// <summary>Silos as a store lists them, and whether it has listed them yet: where it has not, it is the store that does not answer, and not the silos.</summary>
/// <param name="store">Asks the store.</param>
internal sealed class StoreGateways(IGatewayListProvider store) : IGatewayListProvider
{
    private volatile bool _answered;

    /// <summary>Whether the store has answered.</summary>
    public bool HasAnswered => _answered;

    /// <inheritdoc/>
    public TimeSpan MaxStaleness => store.MaxStaleness;

    /// <inheritdoc/>
#pragma warning disable CS0618 // nobody asks for it any more, but the interface has it
    public bool IsUpdatable => store.IsUpdatable;
#pragma warning restore CS0618

    /// <summary>Puts it before the store that has been registered.</summary>
    public static void Watch(IServiceCollection services)
    {
        var store = services.Last(s => s.ServiceType == typeof(IGatewayListProvider)).ImplementationType
            ?? throw new InvalidOperationException("Orleans registers its list of gateways otherwise than by type.");
        services.AddSingleton(s => new StoreGateways((IGatewayListProvider)ActivatorUtilities.CreateInstance(s, store)));
        services.AddSingleton<IGatewayListProvider>(s => s.GetRequiredService<StoreGateways>());
    }

    /// <inheritdoc/>
    public Task InitializeGatewayListProvider() => store.InitializeGatewayListProvider();

    /// <inheritdoc/>
    public async Task<IList<Uri>> GetGateways()
    {
        var gateways = await store.GetGateways();
        _answered = true;
        return gateways;
    }
}
