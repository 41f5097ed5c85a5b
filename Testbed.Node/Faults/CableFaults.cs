using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>
/// The faults of the cable's direction that leads away from one PC: the first that strikes has the frame. Before all others comes a cable that is unplugged, since nothing else happens to a frame that has no
/// cable.
/// </summary>
internal sealed class CableFaults : IFrameFaults
{
    /// <summary>What a frame is counted as that is struck.</summary>
    public const string Frame = "cable frame";

    private readonly (FaultAccount Account, IFrameFault Fault)[] _active;

    public CableFaults(Lane lane, IEnumerable<FaultAccount> accounts, CableSettings cable) =>
        _active =
        [
            .. accounts.OrderBy(account => account.Fault.Effect is ICableState ? 0 : 1)
                .Select(account => (account, ((IFrameEffect)account.Fault.Effect).At(lane, account, cable))),
        ];

    /// <inheritdoc/>
    public void Pass(ReadOnlyMemory<byte> frame, Instant arrival, Action<Instant, ReadOnlyMemory<byte>> arrives)
    {
        foreach (var (account, fault) in _active)
        {
            if (!fault.Strikes(account, frame.Length))
                continue;
            fault.Strike(frame, arrival, arrives);
            return;
        }

        arrives(arrival, frame);
    }
}
