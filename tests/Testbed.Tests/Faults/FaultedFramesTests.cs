using Testbed.Node.Faults;
using Testbed.Node.Faults.Effects;
using Testbed.Node.Time;

namespace Testbed.Tests.Faults;

/// <summary>Whatever an effect does to frames, each is accounted for.</summary>
public sealed class FaultedFramesTests : FaultedWorld
{
    private const int Frames = 10;
    private static readonly RandomDuration Long = new RandomDuration.Constant(new Duration(100));
    private static readonly RandomDuration BeyondTheEnd = new RandomDuration.Constant(Duration.FromSeconds(10));

    public FaultedFramesTests() => (Control.Schedule, Control.Now) = (Lane.Schedule, () => Lane.Now);

    public static TheoryData<string, int, int, int, int> Effects => new()
    {
        { "drop", 0, 0, 10, 0 },
        { "delay", 10, 0, 0, 0 },
        { "delay for ever", 0, 0, 0, 10 },
        { "duplicate", 30, 20, 0, 0 },
        { "reorder", 10, 0, 0, 0 },
        { "corrupt", 10, 0, 0, 0 },
        { "throttle", 2, 0, 8, 0 },
        { "pause", 10, 0, 0, 0 },
        { "pause with little room", 3, 0, 7, 0 },
        { "stop", 0, 0, 10, 0 },
    };

    [Theory]
    [MemberData(nameof(Effects))]
    public void Every_frame_has_come_or_is_lost_or_is_held(string effect, int come, int duplicated, int dropped, int held)
    {
        Strike(OnVictim(Effect(effect), effect.StartsWith("pause", StringComparison.Ordinal) ? Always with { Times = 1 } : null));
        for (var i = 1; i <= Frames; i++)
            Tell(i, new Bytes([(byte)i]));
        Assert.Equal(come, Told().Count);
        var frames = Faults.FramesTo("victim")!;
        Assert.Equal((duplicated, dropped, held), ((int)frames.Duplicated, (int)frames.Dropped, (int)frames.Held));
        Assert.Equal(Frames + frames.Duplicated, come + frames.Dropped + frames.Held);
    }

    [Fact]
    public void What_was_held_for_an_actor_that_is_gone_by_then_is_lost()
    {
        Strike(OnVictim(new Delay(Long, Sleeps: false), Always with { Times = 1 }, "a"), OnVictim(new Stop(), name: "b"));
        Tell(1, new Bytes([1]));
        Tell(2, new Bytes([2]));
        Assert.Empty(Told());
        Assert.Equal(2, Faults.FramesTo("victim")!.Dropped);
    }

    [Fact]
    public void The_most_that_waited_for_a_pause_s_end_is_remembered_beside_its_bound()
    {
        Strike(OnVictim(new Pause(Long, Bound: 3, Sleeps: false), Always with { Times = 1 }));
        for (var i = 1; i <= Frames; i++)
            Tell(i, new Bytes([(byte)i]));
        _ = Told();
        Assert.Equal([("victim", 3, 3)], Faults.Mailboxes);
    }

    private static IEffect Effect(string name) => name switch
    {
        "drop" => new Drop(),
        "delay" => new Delay(Long, Sleeps: false),
        "delay for ever" => new Delay(BeyondTheEnd, Sleeps: false),
        "duplicate" => new Duplicate(2, new Duration(5)),
        "reorder" => new Reorder(3, new Duration(50)),
        "corrupt" => new Corrupt(1, []),
        "throttle" => new Throttle(8_000, Bound: 2),
        "pause" => new Pause(Long, Bound: 100, Sleeps: false),
        "pause with little room" => new Pause(Long, Bound: 3, Sleeps: false),
        _ => new Stop(),
    };
}
