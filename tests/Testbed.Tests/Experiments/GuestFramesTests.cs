using Testbed.Node.Experiments;
using Testbed.Node.Network;

namespace Testbed.Tests.Experiments;

/// <summary>The frames that the guest's card sees and those on the wire: the same.</summary>
public sealed class GuestFramesTests
{
    private const int FcsLength = 4;

    [Theory]
    [InlineData("vm733-to-350", "cable.loss=0")]
    [InlineData("350-to-vm733", "cable.loss=0")]
    [InlineData("vm733-to-350", "cable.loss=0.02")]
    public void The_guest_s_frames_are_the_wire_s(string name, string loss)
    {
        var (guest, wire) = Capture(name, loss);
        var onTheWire = wire.GroupBy(frame => Convert.ToHexString(frame.Bytes)).ToDictionary(group => group.Key, group => group.Count());
        foreach (var frames in guest.GroupBy(frame => Convert.ToHexString(frame.Bytes)))
            Assert.Equal(frames.Count(), onTheWire.GetValueOrDefault(frames.Key));

        // In order: the guest's frames are the wire's without those that were for the host alone.
        var ofGuest = guest.Select(frame => Convert.ToHexString(frame.Bytes)).ToHashSet();
        foreach (var source in guest.GroupBy(frame => Convert.ToHexString(frame.Bytes.AsSpan(6, 6))))
        {
            Assert.Equal(
                source.Select(frame => Convert.ToHexString(frame.Bytes)),
                wire.Where(frame => Convert.ToHexString(frame.Bytes.AsSpan(6, 6)) == source.Key)
                    .Select(frame => Convert.ToHexString(frame.Bytes))
                    .Where(ofGuest.Contains));
        }
    }

    /// <summary>What the synchronization goes by: how long the next frame is, before the card has it.</summary>
    [Theory]
    [InlineData("native-733-to-350")]
    [InlineData("vm733-to-350")]
    [InlineData("vm733-to-350", "cable.loss=0.02")]
    [InlineData("vm733-to-350", "sender.vm.nic=vmxnet")]
    [InlineData("vm733-to-350", "sender.vm.preallocated-skbuffs=on")]
    [InlineData("opt-vm733-to-350")]
    [InlineData("vm733-to-350-contended")]
    public void Frames_begin_on_the_wire_as_the_stack_has_put_them_out(string name, params string[] sets)
    {
        using var system = Experiment.System();
        var run = new OneProcessRun(system, Experiment.Settings(name, ["nettest.bytes=1MiB", .. sets]));
        var pc = run.Sender;
        var (stack, number) = (pc.ProgramStack, 0);
        pc.Chip.FrameStarted += (frame, _) =>
        {
            if (EthernetFrame.Source(frame.Span) == stack.Settings.Mac)
                Assert.Equal(frame.Length, stack.LengthOf(number++) + FcsLength);
        };
        Assert.Null(run.Run());
        Assert.True(number > 700);
        Assert.Equal(number, pc.Vm?.VmNet.FramesSent ?? pc.Kernel.FramesToDriver);

        // One to come, and one too long ago.
        Assert.Equal(0, stack.LengthOf(stack.Counters.FramesSent));
        Assert.Equal(0, stack.LengthOf(stack.Counters.FramesSent - 257));
    }

    /// <summary>What the virtual Lance sent and stored, and what began on the wire or came in at the physical card, both without FCS.</summary>
    private static (List<(long Ns, byte[] Bytes)> Guest, List<(long Ns, byte[] Bytes)> Wire) Capture(string name, string loss)
    {
        using var system = Experiment.System();
        var run = new OneProcessRun(system, Experiment.Settings(name, "nettest.bytes=300KiB", loss));
        var pc = run.Sender.Vm is null ? run.Receiver : run.Sender;
        List<(long Ns, byte[] Bytes)> guest = [];
        List<(long Ns, byte[] Bytes)> wire = [];
        pc.Vm!.Nic.Tap = frame => guest.Add((pc.Lane.Now.Nanoseconds, frame.ToArray()));
        pc.Chip.FrameStarted += (frame, now) => wire.Add((now.Nanoseconds, frame[..^FcsLength].ToArray()));
        pc.Chip.FrameArrived += (frame, now) => wire.Add((now.Nanoseconds, frame[..^FcsLength].ToArray()));
        Assert.Null(run.Run());
        Assert.True(guest.Count > 200);
        return (guest, wire);
    }
}
