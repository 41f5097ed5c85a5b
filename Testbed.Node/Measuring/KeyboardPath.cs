using System.Collections.Immutable;
using Testbed.Node.Time;

namespace Testbed.Node.Measuring;

/// <summary>Where a key's time goes between the finger and the guest.</summary>
public enum KeyboardSegment
{
    /// <summary>In the keyboard and over its cable to the controller of the machine.</summary>
    Keyboard,

    /// <summary>From the full output buffer through the real interrupt to the host's handler, which has read it.</summary>
    HostInterrupt,

    /// <summary>In the host's queue, until VMApp has read it and given it to the virtual keyboard.</summary>
    VmApp,

    /// <summary>By world switch and virtual interrupt to the guest's handler, which has read it from the virtual controller.</summary>
    VirtualInterrupt,
}

/// <summary>
/// Takes the times of each key code on its way from the keyboard to the guest. It is no part of the PC and takes none of its time. Codes never overtake each
/// other, so each stage expects the one that the stage before it passed first; another is a code out of order.
/// </summary>
public sealed class KeyboardPath
{
    /// <summary>What a keyboard sends in place of codes that it had no room for (scan code set 1).</summary>
    private const byte Overrun = 0xFF;

    private static readonly int Segments = Enum.GetValues<KeyboardSegment>().Length;
    private readonly Queue<Stamp>[] _waiting = [.. Enumerable.Range(0, Segments).Select(_ => new Queue<Stamp>())];

    /// <summary>What was found for each segment.</summary>
    public ImmutableArray<LatencyHistogram> BySegment { get; } = [.. Enumerable.Range(0, Segments).Select(_ => new LatencyHistogram())];

    /// <summary>From the full output buffer of the machine's controller to the guest: the keyboard's own time left out.</summary>
    public LatencyHistogram InterruptToGuest { get; } = new();

    /// <summary>From the finger to the guest.</summary>
    public LatencyHistogram ToGuest { get; } = new();

    /// <summary>Codes typed: each key's press and release.</summary>
    public long Typed { get; private set; }

    /// <summary>Codes that the keyboard had no room for.</summary>
    public long NotKept { get; private set; }

    /// <summary>Codes that have reached the guest.</summary>
    public long Delivered { get; private set; }

    /// <summary>Codes that are on their way.</summary>
    public long UnderWay => _waiting.Sum(stage => stage.Count);

    /// <summary>Whether no stage has seen another code than was due.</summary>
    public bool InOrder { get; private set; } = true;

    /// <summary>A key has gone down or up.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="kept">Whether the keyboard had room for it.</param>
    /// <param name="now">The present instant.</param>
    public void Press(byte code, bool kept, Instant now)
    {
        Typed++;
        if (kept)
            _waiting[0].Enqueue(new Stamp(code, now, now, now));
        else
            NotKept++;
    }

    /// <summary>The code is in the output buffer of the machine's controller.</summary>
    public void ReachedController(byte code, Instant now) => Pass(KeyboardSegment.Keyboard, code, now);

    /// <summary>The host's handler has put the code into the host's queue.</summary>
    public void HandledByHost(byte code, Instant now) => Pass(KeyboardSegment.HostInterrupt, code, now);

    /// <summary>VMApp has given the code to the virtual keyboard.</summary>
    public void GivenToVirtualKeyboard(byte code, Instant now) => Pass(KeyboardSegment.VmApp, code, now);

    /// <summary>The guest's handler has it.</summary>
    public void HandledByGuest(byte code, Instant now) => Pass(KeyboardSegment.VirtualInterrupt, code, now);

    private void Pass(KeyboardSegment segment, byte code, Instant now)
    {
        if (code == Overrun)
            return;
        var stage = (int)segment;
        if (!_waiting[stage].TryDequeue(out var stamp) || stamp.Code != code)
        {
            InOrder = false;
            return;
        }

        BySegment[stage].Record(now - stamp.Last);
        stamp = stamp with { Last = now, AtController = segment == KeyboardSegment.Keyboard ? now : stamp.AtController };
        if (stage + 1 < Segments)
        {
            _waiting[stage + 1].Enqueue(stamp);
            return;
        }

        Delivered++;
        InterruptToGuest.Record(now - stamp.AtController);
        ToGuest.Record(now - stamp.Pressed);
    }

    private readonly record struct Stamp(byte Code, Instant Pressed, Instant AtController, Instant Last);
}
