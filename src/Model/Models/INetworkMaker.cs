using Granary.Jobs;

namespace Granary.Model.Networks;

/// <summary>Makes the networks of one kind of model.</summary>
public interface INetworkMaker
{
    /// <summary>The kind, as its description names it.</summary>
    string Kind { get; }

    /// <summary>The network of a model.</summary>
    /// <param name="model">The job file's section.</param>
    /// <param name="input">What the data says about the model's ends.</param>
    INetwork Network(ModelSection model, InputShape input);

    /// <summary>Whether outputs are W x + b of the features x, with W [K, D] the first parameter and b [K] the second. Default: no.</summary>
    bool IsLinear => false;

    /// <summary>Fills the weights at step 0, where they do not start as the parameters' shape says. Default: it leaves them.</summary>
    void Start<T>(Job job, InputShape input, Span<T> flat)
        where T : unmanaged
    {
    }
}
