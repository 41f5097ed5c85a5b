using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>The states of the cable that one PC can see: begins and ends them there.</summary>
/// <param name="lane">The PC's lane.</param>
/// <param name="accounts">The faults that are one.</param>
internal sealed class CableStates(Lane lane, IReadOnlyList<FaultAccount> accounts)
{
    /// <summary>Has all of them seen at the PC's end of the cable.</summary>
    /// <param name="port">What the cable is plugged into.</param>
    /// <param name="injector">The actor that schedules for faults.</param>
    public void Announce(ICablePort port, IActorRef injector)
    {
        foreach (var account in accounts)
        {
            var when = account.Fault.When;
            injector.Tell(new Injector.Call(when.From, () =>
            {
                account.Strike(((ICableState)account.Fault.Effect).CountedAs, does: true);
                Update(port);
            }));
            if (when.Until != Instant.Never)
            {
                injector.Tell(new Injector.Call(when.Until, () =>
                {
                    account.TellWork(when.From);
                    Update(port);
                }));
            }
        }
    }

    private void Update(ICablePort port) =>
        port.LinkIsUp = !accounts.Any(account => account.Fault.Effect is ICableState { SilencesLink: true } && account.Fault.When.Holds(lane.Now));
}
