using Testbed.Node.Cable;
using Testbed.Node.Faults.Effects;

namespace Testbed.Node.Faults;

/// <summary>One fault of a plan.</summary>
/// <param name="Name">Its name in the plan.</param>
/// <param name="Target">What it strikes.</param>
/// <param name="When">When it strikes what it could.</param>
/// <param name="Effect">What it does.</param>
public sealed record Fault(string Name, FaultTarget Target, FaultSchedule When, IEffect Effect);

/// <summary>What a fault strikes.</summary>
public abstract record FaultTarget
{
    /// <summary>Messages on their way to actors.</summary>
    /// <param name="Paths">The actors' paths, as <c>pc-733/vmm</c>; none, if the plan's pattern matches no actor.</param>
    /// <param name="Messages">The types of the messages; null for all that the effect strikes by itself.</param>
    public sealed record Actor(IReadOnlySet<string> Paths, IReadOnlySet<Type>? Messages) : FaultTarget;

    /// <summary>Frames on the cable.</summary>
    /// <param name="ToReceiver">Whether those to the receiving PC are meant.</param>
    /// <param name="ToSender">Whether those to the sending PC are meant.</param>
    public sealed record Cable(bool ToReceiver, bool ToSender) : FaultTarget;
}

/// <summary>What a fault does to what it strikes.</summary>
public interface IEffect
{
    /// <summary>Its name in plans.</summary>
    string Name { get; }
}

/// <summary>The faults of an experiment, in the order of their names: the first that strikes has the message.</summary>
/// <param name="Faults">The faults; at least one.</param>
public sealed record FaultPlan(IReadOnlyList<Fault> Faults)
{
    /// <summary>The rates that the wire is to run at, and when; where several hold, the first counts.</summary>
    public IReadOnlyList<TimedRate> RateChanges =>
        [.. Faults.Where(fault => fault.Effect is RateChange).Select(fault => new TimedRate(fault.When.From, fault.When.Until, ((RateChange)fault.Effect).Timing))];
}
