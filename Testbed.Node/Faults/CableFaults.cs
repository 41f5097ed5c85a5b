using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>The faults of the cable's direction that leads away from one PC: the first that strikes has the frame.</summary>
internal sealed class CableFaults : IFrameFaults
{
    private readonly (FaultAccount Account, IFrameFault Fault)[] _active;

    public CableFaults(Lane lane, IEnumerable<FaultAccount> accounts) =>
        _active = [.. accounts.Select(account => (account, ((IFrameEffect)account.Fault.Effect).At(lane, account)))];

    /// <inheritdoc/>
    public void Pass(ReadOnlyMemory<byte> frame, Instant arrival, Action<Instant, ReadOnlyMemory<byte>> arrives)
    {
        foreach (var (account, fault) in _active)
        {
            if (!account.TryStrike("cable frame"))
                continue;
            fault.Strike(frame, arrival, arrives);
            return;
        }

        arrives(arrival, frame);
    }
}
