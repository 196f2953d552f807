using System.Reflection;
using Granary.Contracts;
using Granary.Grains.Workers;

namespace Granary.Grains.Tests;

/// <summary>Reaches workers through what a test puts between: told the worker, the method and its arguments, it returns what the method would.</summary>
internal sealed class InterceptedWorkers(IWorkerClient client, Func<IWorker, MethodInfo, object?[]?, object?> between) : IWorkerClient
{
    public IWorker At(SiloAddress silo)
    {
        var worker = DispatchProxy.Create<IWorker, Intercepted>();
        ((Intercepted)worker).Is(client.At(silo), between);
        return worker;
    }

    /// <summary>A worker as its callers see it.</summary>
    public class Intercepted : DispatchProxy
    {
        private IWorker _worker = null!;
        private Func<IWorker, MethodInfo, object?[]?, object?> _between = null!;

        internal void Is(IWorker worker, Func<IWorker, MethodInfo, object?[]?, object?> between) => (_worker, _between) = (worker, between);

        protected override object? Invoke(MethodInfo? method, object?[]? arguments) => _between(_worker, method!, arguments);
    }
}
