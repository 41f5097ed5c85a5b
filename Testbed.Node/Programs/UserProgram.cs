using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Programs;

/// <summary>What programs have in common: they call their kernel, reach milestones, and finish or fail.</summary>
/// <param name="lane">The PC's lane.</param>
/// <param name="environment">The kernel, and who takes the experiment's times.</param>
public abstract class UserProgram(Lane lane, ProgramEnvironment environment) : ModelActor(lane)
{
    /// <summary>Calls the kernel, which has the processor from now on.</summary>
    protected void Call(SystemCall call) => environment.Kernel.Tell(call);

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

    private void Closing(object message)
    {
        if (message is SystemCall.Returned)
            Finish();
        else
            Unhandled(message);
    }
}
