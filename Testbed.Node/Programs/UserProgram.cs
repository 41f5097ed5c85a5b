using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Programs;

/// <summary>What programs have in common: they call their kernel, reach milestones, and finish or fail.</summary>
/// <param name="lane">The PC's lane.</param>
/// <param name="environment">The kernel, and who takes the experiment's times.</param>
public abstract class UserProgram(Lane lane, ProgramEnvironment environment) : ModelActor(lane)
{
    /// <summary>What the names of a program's calls begin with, as an observer is told them.</summary>
    public const string Prefix = "program/";

    /// <summary>An observer is told of this when a call has sent data; the detail is how many bytes.</summary>
    public const string Sent = Prefix + "sent";

    /// <summary>An observer is told of this when a call has received data; the detail is how many bytes.</summary>
    public const string Received = Prefix + "received";

    private SystemCall? _call;
    private Instant _calledAt;

    /// <summary>Calls the kernel, which has the processor from now on.</summary>
    protected void Call(SystemCall call)
    {
        (_call, _calledAt) = (call, Now);
        environment.Kernel.Tell(call);
    }

    /// <inheritdoc/>
    protected override void OnHandling(object message)
    {
        if (Lane.Observer is { } observer && _call is { } call && message is SystemCall answer)
            Tell(observer, call, answer);
    }

    /// <summary>A milestone of the experiment is reached, now.</summary>
    protected void Reach(Milestone milestone) => environment.Measurement.Tell(new CableEnd.MilestoneReached(milestone));

    /// <summary>The program has done its part.</summary>
    protected void Finish()
    {
        Reach(Milestone.Finished);
        Call(new SystemCall.Exit());
    }

    /// <summary>The program cannot do its part: the run fails.</summary>
    /// <param name="reason">Why, in one line.</param>
    protected void Fail(string reason)
    {
        environment.Measurement.Tell(new ProgramFailed(reason));
        Call(new SystemCall.Exit());
    }

    /// <summary>Closes a socket, and finishes when that is done.</summary>
    protected void CloseAndFinish(Socket socket)
    {
        Become(Closing);
        Call(new SystemCall.Close(socket));
    }

    /// <summary>A call has come back: its time, and what it moved.</summary>
    private void Tell(IObserver observer, SystemCall call, SystemCall answer)
    {
        // The program's own code is a row of the ledger.
        if (call is SystemCall.Compute)
            return;
        observer.Spent(NameOf(call), _calledAt, Now);
        if (answer is not SystemCall.Returned { Result: > 0 and var bytes })
            return;
        if (call is SystemCall.Send)
            observer.Happened(Sent, bytes);
        else if (call is SystemCall.Receive)
            observer.Happened(Received, bytes);
    }

    private static string NameOf(SystemCall call) => call switch
    {
        SystemCall.Send => Prefix + "send",
        SystemCall.Receive => Prefix + "recv",
        SystemCall.Connect => Prefix + "connect",
        SystemCall.Accept => Prefix + "accept",
        SystemCall.Listen => Prefix + "listen",
        SystemCall.Close => Prefix + "close",
        SystemCall.Sleep => Prefix + "sleep",
        SystemCall.SendEcho => Prefix + "sendto",
        SystemCall.ReceiveEcho => Prefix + "recvfrom",
        _ => Prefix + "call",
    };

    private void Closing(object message)
    {
        if (message is SystemCall.Returned)
            Finish();
        else
            Unhandled(message);
    }
}
