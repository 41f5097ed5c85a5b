using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Hardware;
using Testbed.Node.Host;
using Testbed.Node.Kernel;
using Testbed.Node.Programs;
using Testbed.Node.Time;

namespace Testbed.Node.Experiments;

/// <summary>
/// One physical PC: the root of its actors. It builds them before instant 0, boots the host, and supervises: no component of a PC
/// is allowed to fail without a plan, so a failure ends the run as a defect.
/// </summary>
public sealed class Pc : ModelActor
{
    private const ushort NettestPort = 5001;

    private readonly PcParts _parts;
    private readonly ExperimentSettings _experiment;
    private readonly Role _role;
    private readonly CableInlet _inlet;
    private readonly ICableOutlet _outlet;
    private readonly Action<string> _fail;

    private Pc(PcParts parts, ExperimentSettings experiment, Role role, CableInlet inlet, ICableOutlet outlet, Action<string> fail)
        : base(parts.Lane) =>
        (_parts, _experiment, _role, _inlet, _outlet, _fail) = (parts, experiment, role, inlet, outlet, fail);

    /// <summary>A PC.</summary>
    /// <param name="parts">What its actors share.</param>
    /// <param name="experiment">The experiment.</param>
    /// <param name="role">Its role in it.</param>
    /// <param name="inlet">Its receiving side of the cable: is given this PC's network card to deliver to.</param>
    /// <param name="outlet">Where its end of the cable announces.</param>
    /// <param name="fail">Ends the run with a reason, when a program cannot do its part.</param>
    public static Props Props(
        PcParts parts, ExperimentSettings experiment, Role role, CableInlet inlet, ICableOutlet outlet, Action<string> fail) =>
        parts.Lane.Props(() => new Pc(parts, experiment, role, inlet, outlet, fail));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        var lane = _parts.Lane;
        var settings = _parts.Settings;

        var pic = Context.ActorOf(InterruptController.Props(lane, _parts.Pic), "interrupt-controller");
        var cable = Context.ActorOf(CableEnd.Props(lane, _experiment.Cable, _experiment.Seed, _parts.Cable, _outlet), "cable");
        var nic = Context.ActorOf(
            EtherExpress.Props(lane, settings.Nic, _experiment.Cable.Timing, settings.Inet.Mac, _parts.Chip, cable, pic, _parts.Pic), "nic");
        Context.ActorOf(HostTimer.Props(lane, _parts.Ticks, pic), "timer");
        var host = Context.ActorOf(
            HostKernel.Props(lane, _parts.Processor, _parts.Stack, _parts.Scheduler, _parts.Ticks, _parts.Kernel, _parts.Pic, settings.Nic.InterruptLine, kernel => new EtherExpressDriver(_parts.Chip, nic, kernel)),
            "host");
        var measurement = Context.ActorOf(
            Measurement.Props(
                lane, _parts.Ledger, _experiment.Cable.MilestoneDelay, _experiment.Programs, cable, _fail, _parts.Interval),
            "measurement");

        _inlet.Nic = nic;
        _inlet.Measurement = measurement;
        if (_experiment.Program(_role) is { } program)
            host.Tell(new LinuxKernel.Spawn(Context.ActorOf(Program(program, new ProgramEnvironment(host, measurement)), "program")));
        host.Tell(LinuxKernel.Boot.Instance);
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        _parts.Lane.Fail(cause);
        return Directive.Stop;
    });

    /// <inheritdoc/>
    protected override void OnReceive(object message) => Unhandled(message);

    private Props Program(ProgramSettings program, ProgramEnvironment environment) => program switch
    {
        ProgramSettings.SendNettest nettest => NettestSender.Props(_parts.Lane, nettest.Settings, environment),
        ProgramSettings.ReceiveNettest nettest => NettestReceiver.Props(_parts.Lane, nettest.Settings, environment, _parts.Nettest),
        ProgramSettings.SendPing ping => Ping.Props(_parts.Lane, ping.Settings, environment, _parts.Ping),
        _ => throw new ArgumentOutOfRangeException(nameof(program), program, "no such program"),
    };
}
