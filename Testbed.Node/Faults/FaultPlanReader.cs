using Testbed.Node.Configuration;
using Testbed.Node.Faults.Effects;
using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>Reads the section <c>faults</c>.</summary>
public static class FaultPlanReader
{
    /// <summary>What stands for the cable where an actor could be named.</summary>
    public const string Cable = "cable";

    private const string Any = "any";

    /// <summary>The plan of an experiment; null if it has no faults.</summary>
    /// <param name="root">The whole experiment.</param>
    /// <param name="actors">The actors that a plan may name.</param>
    /// <exception cref="ConfigurationException">A fault is not what it has to be.</exception>
    public static FaultPlan? Read(SettingsReader root, IReadOnlyList<FaultableActor> actors)
    {
        var section = root.At("faults");
        var names = section.Names();
        return names.Count == 0 ? null : new([.. names.Select(name => ReadFault(section.At(name), name, names, actors))]);
    }

    private static Fault ReadFault(SettingsReader reader, string name, IReadOnlyList<string> names, IReadOnlyList<FaultableActor> actors)
    {
        var keys = new FaultKeys(reader);
        var effect = EffectReader.Read(keys);
        var when = effect is ICableState ? ReadWindow(keys) : ReadSchedule(keys, effect, name, names);
        keys.Has("effect");
        FaultTarget target = keys.Text("target") == Cable ? ReadCable(keys, effect) : ReadActors(keys, effect, actors);
        keys.RefuseOthers($"effect {effect.Name}{(target is FaultTarget.Cable ? " on the cable" : "")}");
        return new(name, target, when, effect);
    }

    /// <summary>A window that is known beforehand: what a frame meets must be certain when it is announced.</summary>
    private static FaultSchedule ReadWindow(FaultKeys keys)
    {
        var from = keys.Required("from", keys.Duration("from", Duration.Zero), "an instant such as 500 ms, when it begins");
        var until = keys.Duration("until", new Duration(1));
        if (until <= from)
            throw keys.Reader.Mistake("until", "is not after from; it would be over before it began");
        if (keys.Duration("duration", new Duration(1)) is { } length)
            until = until is null ? from + length : throw keys.Reader.Mistake("duration", "and until are both set; expected one of them");
        return new(Instant.Zero + from, until is { } end ? Instant.Zero + end : Instant.Never, Every: 1, Nth: null, 1_000_000_000, After: null, Times: null);
    }

    private static FaultSchedule ReadSchedule(FaultKeys keys, IEffect effect, string name, IReadOnlyList<string> names)
    {
        var from = keys.Duration("from", Duration.Zero) ?? Duration.Zero;
        var until = keys.Duration("until", new Duration(1));
        if (until <= from)
            throw keys.Reader.Mistake("until", "is not after from; the fault could never strike");

        // One with a chance of its own has it frame by frame.
        var hasOwnChance = effect is BurstLoss;
        var every = hasOwnChance ? null : keys.WholeNumber("every", 1, int.MaxValue);
        var nth = hasOwnChance ? null : keys.WholeNumber("nth", 1, int.MaxValue);
        if (every is not null && nth is not null)
            throw keys.Reader.Mistake("nth", "and every are both set; expected one of them");
        var after = keys.Text("after");
        if (after == name)
            throw keys.Reader.Mistake("after", "is the fault itself; expected another one");
        if (after is not null && !names.Contains(after))
            throw keys.Reader.Mistake("after", $"there is no such fault{NearestName.Hint(after, names)}");
        return new(
            Instant.Zero + from,
            until is { } end ? Instant.Zero + end : Instant.Never,
            every ?? 1,
            nth,
            (hasOwnChance ? null : keys.PartsPerBillion("probability")) ?? 1_000_000_000,
            after,
            keys.WholeNumber("times", 1, int.MaxValue));
    }

    private static FaultTarget.Cable ReadCable(FaultKeys keys, IEffect effect)
    {
        if (effect is IComponentEffect)
            throw keys.Reader.Mistake("effect", "is a component's own, and a cable is none; expected a target such as pc-733/nic or pc-733/host");
        if (effect is not (IFrameEffect or ICableState))
            throw keys.Reader.Mistake("effect", "makes no sense on a cable; expected an effect on frames, or on the cable itself");
        if (keys.Has("context"))
            throw keys.Reader.Mistake("context", "makes no sense on a cable, which has no thread of control");
        if (effect is RateChange or Unplug { Both: true })
            return new(ToReceiver: true, ToSender: true);
        if (effect is Unplug && !keys.Has("direction"))
            throw keys.Reader.Mistake("direction", "effect cut needs it; expected to-receiver or to-sender");
        if (effect is Unplug)
            return keys.Choice("direction", ("to-receiver", new FaultTarget.Cable(true, false)), ("to-sender", new(false, true)));
        return keys.Choice("direction", ("both", new FaultTarget.Cable(true, true)), ("to-receiver", new(true, false)), ("to-sender", new(false, true)));
    }

    private static FaultTarget.Actor ReadActors(FaultKeys keys, IEffect effect, IReadOnlyList<FaultableActor> actors)
    {
        var text = keys.Text("target")!;
        var pattern = ActorPattern.TryParse(text)
            ?? throw keys.Reader.Mistake("target", "expected cable, or actors such as pc-733/vmm, pc-*/host or pc-350/**");
        var matching = actors.Where(actor => pattern.Matches(actor.Path)).ToArray();
        if (effect is IComponentEffect own)
            return ReadComponents(keys, own, matching, actors);
        if (effect is not IMessageEffect onMessages)
            throw keys.Reader.Mistake("effect", "makes sense on the cable only; expected target = cable");
        var meant = matching.Where(actor => (effect is not Crash || actor.Crashes) && (effect is not (Delay { Sleeps: true } or Pause { Sleeps: true }) || actor.Sleeps)).ToArray();
        if (matching.Length > 0 && meant.Length == 0)
        {
            throw effect is Crash
                ? keys.Reader.Mistake("effect", $"{matching[0].Path} is hardware, which does not crash; expected stop, or pause")
                : keys.Reader.Mistake("context", $"{matching[0].Path} is no process; expected spins");
        }

        return new(meant.Select(actor => actor.Path).ToHashSet(StringComparer.Ordinal), ReadMessages(keys, onMessages));
    }

    private static FaultTarget.Actor ReadComponents(FaultKeys keys, IComponentEffect effect, FaultableActor[] matching, IReadOnlyList<FaultableActor> actors)
    {
        var meant = matching.Where(actor => actor.Effects.Contains(effect.Name)).Select(actor => actor.Path).ToHashSet(StringComparer.Ordinal);
        if (matching.Length == 0 || meant.Count > 0)
            return new(meant, null);
        var example = actors.FirstOrDefault(actor => actor.Effects.Contains(effect.Name));
        throw keys.Reader.Mistake(
            "effect", $"{effect.Name} makes no sense at {matching[0].Path}{(example is null ? "" : $"; expected a target such as {example.Path}")}");
    }

    private static HashSet<Type>? ReadMessages(FaultKeys keys, IMessageEffect effect)
    {
        if (!keys.Has("message") || keys.Reader.Texts("message") is [Any])
            return null;
        var types = new HashSet<Type>();
        foreach (var name in keys.Reader.Texts("message"))
        {
            var type = MessageTypes.Find(name)
                ?? throw keys.Reader.Mistake("message", $"there is no message {ConfigurationException.Shown(name)}{NearestName.Hint(name, MessageTypes.Names)}");
            if (effect.Refuses(type) is { } problem)
                throw keys.Reader.Mistake("message", $"effect {effect.Name}: {name} {problem}");
            types.Add(type);
        }

        return types;
    }
}
