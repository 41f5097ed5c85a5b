using Testbed.Node.Cable;
using Testbed.Node.Configuration;
using Testbed.Node.Faults.Effects;
using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>Reads what a fault does.</summary>
internal static class EffectReader
{
    private static readonly Dictionary<string, Func<FaultKeys, IEffect>> Effects = new(StringComparer.Ordinal)
    {
        ["drop"] = _ => new Drop(),
        ["delay"] = keys => new Delay(Length(keys, "delay"), Sleeps(keys)),
        ["duplicate"] = keys => new Duplicate((int)(keys.WholeNumber("copies", 1, 100) ?? 1), keys.Duration("delay", Duration.Zero) ?? Duration.Zero),
        ["reorder"] = keys => new Reorder(
            (int)(keys.WholeNumber("bound", 1, 1_000) ?? 3), keys.Duration("delay", new Duration(1))),
        ["corrupt"] = ReadCorrupt,
        ["throttle"] = keys => new Throttle(keys.Required("rate", keys.BitsPerSecond("rate", 1_000, 8_000_000_000), "a bit rate such as 10 Mb/s"), Bound(keys)),
        ["pause"] = keys => new Pause(Length(keys, "duration"), Bound(keys), Sleeps(keys)),
        ["crash"] = _ => new Crash(),
        ["stop"] = _ => new Stop(),
        ["unplug"] = _ => new Unplug(Both: true),
        ["cut"] = _ => new Unplug(Both: false),
        ["rate-change"] = ReadRateChange,
        ["burst-loss"] = keys => new BurstLoss(
            keys.Required("good-to-bad", keys.PartsPerBillion("good-to-bad", 1), "a probability for each frame such as 1 %"),
            keys.Required("bad-to-good", keys.PartsPerBillion("bad-to-good", 1), "a probability for each frame such as 20 %"),
            keys.PartsPerBillion("loss-good") ?? 0,
            keys.PartsPerBillion("loss-bad", 1) ?? 1_000_000_000),
        [StuckTransmitter.EffectName] = _ => new StuckTransmitter(),
        [Overrun.EffectName] = _ => new Overrun(),
        [BufferShortage.EffectName] = _ => new BufferShortage(),
        [SpuriousInterrupt.EffectName] = keys => new SpuriousInterrupt(
            Length(keys, "interval"), keys.Duration("duration", new Duration(1)) ?? Duration.FromMicroseconds(10)),
        [Load.EffectName] = ReadLoad,
    };

    /// <summary>The effect of a fault.</summary>
    /// <exception cref="ConfigurationException">A key is not what it has to be.</exception>
    public static IEffect Read(FaultKeys keys) => Effects[keys.Reader.Choice("effect", Effects.Keys)](keys);

    /// <summary>A length of time by its distribution, whose mean, or least, is under a key.</summary>
    private static RandomDuration Length(FaultKeys keys, string key)
    {
        switch (keys.Choice("distribution", ("constant", 0), ("uniform", 1), ("normal", 2), ("exponential", 3), ("pareto", 4), ("table", 5)))
        {
            case 1:
                var even = new RandomDuration.Uniform(Mean(), Spread());
                if (even.Spread > even.Mean)
                    throw keys.Reader.Mistake("spread", $"is longer than {key}; expected at most as long");
                return even.Spread < Duration.FromSeconds(2) ? even : throw keys.Reader.Mistake("spread", "is too long; expected less than 2 s");
            case 2:
                return new RandomDuration.Normal(Mean(), Spread());
            case 3:
                return new RandomDuration.Exponential(Mean(), Most());
            case 4:
                return new RandomDuration.Pareto(Mean(), keys.Required("shape", keys.PartsPerMillion("shape", 100_000, 100_000_000), "a number such as 1.5"), Most());
            case 5:
                var lengths = keys.Durations("table");
                return lengths.Count > 0 ? new RandomDuration.Table(lengths) : throw keys.Reader.Mistake("table", "is empty; expected lengths such as [\"10 us\", \"2 ms\"]");
            default:
                return new RandomDuration.Constant(Mean());
        }

        Duration Mean() => keys.Required(key, keys.Duration(key, new Duration(1)), "a duration such as 50 us");
        Duration Spread() => keys.Required("spread", keys.Duration("spread", Duration.Zero), "a duration such as 10 us");
        Duration Most() => keys.Duration("most", new Duration(1)) ?? FaultKeys.Longest;
    }

    private static RateChange ReadRateChange(FaultKeys keys)
    {
        var rate = keys.BitsPerSecond("rate", EthernetTiming.LeastBitsPerSecond, EthernetTiming.MostBitsPerSecond);
        var timing = new EthernetTiming(keys.Required("rate", rate, "a bit rate such as 10 Mb/s"));
        return timing.Problem is { } problem ? throw keys.Reader.Mistake("rate", problem) : new(timing);
    }

    private static Corrupt ReadCorrupt(FaultKeys keys)
    {
        var places = keys.WholeNumbers("offsets", 0, 8L * ushort.MaxValue);
        var bits = keys.WholeNumber("bits", 1, 1_000);
        if (places.Count > 0 && bits is not null)
            throw keys.Reader.Mistake("bits", "and offsets are both set; expected one of them");
        return new((int)(places.Count > 0 ? 0 : bits ?? 1), places);
    }

    private static Load ReadLoad(FaultKeys keys)
    {
        // It strikes once, and lasts.
        foreach (var key in (ReadOnlySpan<string>)["every", "nth", "probability", "times", "after"])
        {
            if (keys.Has(key))
                throw keys.Reader.Mistake(key, $"means nothing for effect {Load.EffectName}, which lasts from beginning to end of its window");
        }

        var pause = keys.Duration("pause", Duration.FromMicroseconds(10)) ?? Duration.Zero;
        var burst = keys.Duration("burst", Duration.FromMicroseconds(10));
        if (burst is not null && pause == Duration.Zero)
            throw keys.Reader.Mistake("burst", "means nothing without pause: what never pauses has no bursts");
        return new(
            (int)(keys.WholeNumber("processes", 1, 100) ?? 1),
            (int)(keys.WholeNumber("nice", -20, 19) ?? 0),
            (burst ?? Duration.FromMilliseconds(20)).Nanoseconds,
            pause);
    }

    private static int Bound(FaultKeys keys) => (int)(keys.WholeNumber("bound", 1, 100_000) ?? 1_000);

    private static bool Sleeps(FaultKeys keys) => keys.Choice("context", ("spins", false), ("sleeps", true));
}
