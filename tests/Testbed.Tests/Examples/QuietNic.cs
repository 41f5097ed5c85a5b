using Testbed.Node.Hardware;

namespace Testbed.Tests.Examples;

/// <summary>A Lance that keeps quiet about packets sent until there are some: fewer interrupts for the guest.</summary>
public sealed class QuietNic(Lance lance, int quiet) : IVirtualNic
{
    private int _sent;

    /// <inheritdoc/>
    public bool InterruptRequested =>
        lance.InterruptRequested && (_sent >= quiet || (lance.Status & LanceStatus.InterruptCauses) != LanceStatus.TransmitInterrupt);

    /// <inheritdoc/>
    public void CompleteTransmit()
    {
        lance.CompleteTransmit();
        _sent++;
    }

    /// <inheritdoc/>
    public void Write(int offset, ushort value)
    {
        lance.Write(offset, value);
        if ((lance.Status & LanceStatus.TransmitInterrupt) == 0)
            _sent = 0;
    }

    /// <inheritdoc/>
    public int Ports => ((IVirtualNic)lance).Ports;

    /// <inheritdoc/>
    public bool TransmitPending => lance.TransmitPending;

    /// <inheritdoc/>
    public Action<ReadOnlyMemory<byte>>? Tap
    {
        get => lance.Tap;
        set => lance.Tap = value;
    }

    /// <inheritdoc/>
    public ushort Read(int offset) => lance.Read(offset);

    /// <inheritdoc/>
    public bool WouldTransmit(int offset, ushort value) => lance.WouldTransmit(offset, value);

    /// <inheritdoc/>
    public bool TryFetchTransmit(out ReadOnlyMemory<byte> frame) => lance.TryFetchTransmit(out frame);

    /// <inheritdoc/>
    public bool TryReceive(ReadOnlySpan<byte> frame) => lance.Receive(frame) == LanceReceived.Stored;
}
