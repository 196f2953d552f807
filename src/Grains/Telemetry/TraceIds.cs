using System.Diagnostics;
using System.IO.Hashing;
using System.Text;
using Granary.Contracts;

namespace Granary.Grains.Telemetry;

/// <summary>Trace ids that follow from what is traced: whoever knows that knows the id, on every silo and afterwards.</summary>
internal static class TraceIds
{
    /// <summary>Of a step. One that is taken again, in a later generation, has another.</summary>
    public static ActivityTraceId OfStep(GenerationId generation, long step) => Of($"{generation.JobId}/{generation.Number}/{step}");

    /// <summary>Of a whole job.</summary>
    public static ActivityTraceId OfJob(string job) => Of(job);

    private static ActivityTraceId Of(string what) => ActivityTraceId.CreateFromBytes(XxHash128.Hash(Encoding.UTF8.GetBytes(what)));
}
