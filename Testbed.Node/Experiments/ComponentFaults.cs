using Testbed.Node.Faults;
using Testbed.Node.Faults.Effects;

namespace Testbed.Node.Experiments;

/// <summary>Lets a PC's components know of the faults that are their own.</summary>
internal static class ComponentFaults
{
    /// <summary>The effects that a network card knows of.</summary>
    public static readonly IReadOnlyList<string> OfNetworkCard = [StuckTransmitter.EffectName, Overrun.EffectName, SpuriousInterrupt.EffectName];

    /// <summary>The effects that a host knows of.</summary>
    public static readonly IReadOnlyList<string> OfHost = [Load.EffectName, BufferShortage.EffectName];

    /// <summary>The effects that a guest knows of.</summary>
    public static readonly IReadOnlyList<string> OfGuest = [BufferShortage.EffectName];

    /// <summary>Connects a PC's components with its faults, before instant 0.</summary>
    public static void Connect(PcFaults faults, PcParts parts)
    {
        parts.Chip.TransmitterSticks = AtFrame(StuckTransmitter.EffectName, "frame to send");
        parts.Chip.ReceiverOverruns = AtFrame(Overrun.EffectName, "frame received");
        parts.Buffers.Fails = faults.Strikes("host", BufferShortage.EffectName);
        if (parts.Vm is { } vm)
            vm.Buffers.Fails = faults.Strikes("guest", BufferShortage.EffectName);
        foreach (var account in faults.At("nic", SpuriousInterrupt.EffectName))
        {
            var effect = (SpuriousInterrupt)account.Fault.Effect;
            faults.Repeatedly(account, $"{parts.Lane.Name}/nic interrupt line", effect.Interval, () =>
            {
                parts.Chip.RaiseWithoutCause(high: true);
                faults.At(parts.Lane.Now + effect.Length, () => parts.Chip.RaiseWithoutCause(high: false));
            });
        }

        Func<bool>? AtFrame(string effect, string what) => faults.Strikes("nic", effect) is { } strikes ? () => strikes(what) : null;
    }
}
