using Granary.Contracts;
using Granary.Grains.Coordination;

namespace Granary.Grains.Goodput;

/// <summary>Names why a new generation had to be formed: few names, so that they can be counted.</summary>
internal static class RecoveryCause
{
    /// <summary>The job's coordinator was lost with its silo.</summary>
    public const string LostCoordinator = "coordinator lost";

    /// <summary>The name of what ended a generation.</summary>
    public static string Of(Exception cause) => cause switch
    {
        LostMemberException { IsGone: true } => "silo lost",
        LostMemberException => "connection lost",
        LostPeerException or CutOffException => "connection lost",
        DamagedCheckpointException => "checkpoint damaged",
        CheckpointUnavailableException or IOException or UnauthorizedAccessException => "storage failed",
        _ => "other",
    };
}
