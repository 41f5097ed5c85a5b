using Testbed.Node.Faults;
using Testbed.Node.Faults.Effects;
using Testbed.Node.Host;
using Testbed.Node.Programs;

namespace Testbed.Node.Experiments;

/// <summary>Whether a plan of faults can corrupt what a program receives: decided from the plan alone.</summary>
internal static class PayloadProtection
{
    /// <summary>
    /// Frames within a PC, whose Ethernet check sequence the network card has checked and taken off. TCP's checksum, a sum of 16-bit words, catches
    /// any one inverted bit, but two may cancel.
    /// </summary>
    private static readonly Type[] WithoutFcs = [typeof(VmNet.FrameArrived), typeof(VmNet.Write), typeof(VmNet.Frame)];

    /// <summary>Whether it can: above TCP's checksum, where nothing checks the bytes, or below it, with bits enough to outwit it.</summary>
    public static bool CanBeBroken(FaultPlan? plan)
    {
        var faults = (plan?.Faults ?? []).Where(fault => fault is { Effect: Corrupt, Target: FaultTarget.Actor }).ToArray();
        return faults.Any(StrikesAbove) || faults.Sum(MostBitsWithoutFcs) > 1;
    }

    private static bool StrikesAbove(Fault fault) => ((FaultTarget.Actor)fault.Target).Messages?.Contains(typeof(SystemCall.Send)) == true;

    /// <summary>How many bits of one frame a fault can invert, which passes the same actor only once.</summary>
    private static int MostBitsWithoutFcs(Fault fault)
    {
        var (target, corrupt) = ((FaultTarget.Actor)fault.Target, (Corrupt)fault.Effect);
        var strikes = target.Messages is null || target.Messages.Overlaps(WithoutFcs);
        return strikes ? target.Paths.Count(HasFrames) * (corrupt.Bits + corrupt.Places.Count) : 0;
    }

    private static bool HasFrames(string path) => FaultableActors.NameOf(path) is "host" or "vmnet" or "vmapp";
}
