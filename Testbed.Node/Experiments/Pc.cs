using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Faults;
using Testbed.Node.Faults.Effects;
using Testbed.Node.Guest;
using Testbed.Node.Hardware;
using Testbed.Node.Host;
using Testbed.Node.Kernel;
using Testbed.Node.Programs;
using Testbed.Node.Time;
using Testbed.Node.VmApp;
using Testbed.Node.Vmm;

namespace Testbed.Node.Experiments;

/// <summary>
/// One physical PC: the root of its actors. It builds them before instant 0, boots the host, and supervises: a component that a plan has crash
/// starts anew or is gone for good, as <see cref="FaultableActors"/> says; without a plan none may fail, so a failure ends the run as a defect.
/// </summary>
public sealed class Pc : ModelActor
{
    private const ushort NettestPort = 5001;

    private readonly PcParts _parts;
    private readonly ExperimentSettings _experiment;
    private readonly Role _role;
    private readonly CableInlet _inlet;
    private readonly ICableOutlet _outlet;

    private Pc(PcParts parts, ExperimentSettings experiment, Role role, CableInlet inlet, ICableOutlet outlet)
        : base(parts.Lane) =>
        (_parts, _experiment, _role, _inlet, _outlet) = (parts, experiment, role, inlet, outlet);

    /// <summary>A PC.</summary>
    /// <param name="parts">What its actors share.</param>
    /// <param name="experiment">The experiment.</param>
    /// <param name="role">Its role in it.</param>
    /// <param name="inlet">Its receiving side of the cable: is given this PC's network card to deliver to.</param>
    /// <param name="outlet">Where its end of the cable announces.</param>
    public static Props Props(PcParts parts, ExperimentSettings experiment, Role role, CableInlet inlet, ICableOutlet outlet) =>
        parts.Lane.Props(() => new Pc(parts, experiment, role, inlet, outlet));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        var lane = _parts.Lane;
        var settings = _parts.Settings;

        var control = _parts.Faults is null ? null : BuildFaults(_parts.Faults);
        var pic = Context.ActorOf(InterruptController.Props(lane, _parts.Pic), "interrupt-controller");
        var cable = Context.ActorOf(CableEnd.Props(lane, _experiment.Cable, _experiment.Seed, _parts.Cable, _outlet, _parts.Faults?.OfFrames(_experiment.Cable)), "cable");
        var nic = Context.ActorOf(
            EtherExpress.Props(lane, settings.Nic, _experiment.Cable, settings.Inet.Mac, _parts.Chip, cable, pic, _parts.Pic), "nic");
        Context.ActorOf(HostTimer.Props(lane, _parts.Ticks, pic), "timer");
        INetworkDriver Driver(IDriverKernel kernel) => new EtherExpressDriver(_parts.Chip, nic, kernel, _parts.Kernel, TicksPerSecond);
        var measurement = Context.ActorOf(
            Measurement.Props(
                lane, _parts.Ledger, _experiment.Cable.MilestoneDelay, _experiment.Programs, _experiment.ProgramsOf(_role), cable, _parts.Interval),
            "measurement");

        _inlet.Nic = nic;
        _inlet.Measurement = measurement;
        var (host, kernel, switchOn) = _parts.Vm is { Settings.Switches.Monitor: MonitorKind.Native } alone ? BuildWithoutHost(alone, Driver) : BuildHost(Driver);
        if (control is not null)
            (control.Host, control.Kernel, control.Measurement) = (host, kernel, measurement);
        if (_experiment.Program(_role) is { } program)
        {
            var actor = Context.ActorOf(Program(program, new ProgramEnvironment(kernel, measurement)), "program");
            kernel.Tell(new LinuxKernel.Spawn(actor, Account: _parts.Vm is null ? _parts.AddProcess("program") : null));
        }

        if (_experiment.HostProgram(_role) is { } hostProgram)
        {
            var actor = Context.ActorOf(Program(hostProgram, new ProgramEnvironment(host, measurement)), "host-program");
            host.Tell(new LinuxKernel.Spawn(actor, Account: _parts.AddProcess("program")));
        }

        if (_parts.Keyboard is { } keyboard)
            BuildKeyboards(keyboard, host, kernel, pic);
        if (settings.Competing is { } competing)
            BuildCompetingProcesses(competing, host);
        if (_parts.Faults is { } faults)
            BuildLoad(faults, host);
        switchOn();
    }

    private int TicksPerSecond => (int)(Duration.FromSeconds(1).Nanoseconds / _parts.Settings.TickPeriod.Nanoseconds);

    /// <summary>What faults need of the PC.</summary>
    private ThreadOfControl BuildFaults(PcFaults faults)
    {
        var control = new ThreadOfControl(_parts);
        faults.Control = control;
        faults.Injector = Context.ActorOf(Injector.Props(_parts.Lane, control), "injector");
        ComponentFaults.Connect(faults, _parts);
        if (faults.AnnounceStates(_parts.Chip))
            Context.ActorOf(MediaTimer.Props(_parts.Lane, _parts.Ticks, _parts.Chip, _parts.Media), "media-timer");
        return control;
    }

    /// <summary>Processes of the host that are there in a fault's window only.</summary>
    private void BuildLoad(PcFaults faults, IActorRef host)
    {
        foreach (var account in faults.At("host", Load.EffectName))
        {
            var load = (Load)account.Fault.Effect;
            for (var i = 1; i <= load.Processes; i++)
            {
                var name = $"load-{account.Fault.Name}-{i}";
                var lengths = _parts.Lane.Random(_experiment.Seed, $"{name}/lengths");
                var actor = Context.ActorOf(
                    CompetingProcess.Props(_parts.Lane, new(load.BurstNs, load.Pause) { Until = account.Fault.When.Until }, lengths, host), name);
                var spawn = new LinuxKernel.Spawn(actor, Process.DefaultPriority - load.Nice, _parts.AddProcess(name));
                faults.Once(account, $"{_parts.Lane.Name}/host load", () => host.Tell(spawn));
            }

            faults.TellWindow(account);
        }
    }

    /// <summary>The host operating system, and on it the virtual machine if there is one.</summary>
    /// <returns>The host's kernel, the kernel that runs the program, and what begins it all.</returns>
    private (IActorRef Host, IActorRef Kernel, Action SwitchOn) BuildHost(Func<IDriverKernel, INetworkDriver> driver)
    {
        var host = Context.ActorOf(
            HostKernel.Props(
                _parts.Lane, _parts.Processor, _parts.Stack, _parts.Scheduler, _parts.Ticks, _parts.Kernel, _parts.Pic, _parts.Settings.Nic.InterruptLine, driver, _parts.Buffers),
            "host");
        return (host, _parts.Vm is { } vm ? BuildVirtualMachine(vm, host) : host, () => host.Tell(LinuxKernel.Boot.Instance));
    }

    /// <summary>A VMM that has the PC to itself.</summary>
    /// <returns>No host, the guest's kernel, and what begins it all.</returns>
    private (IActorRef Host, IActorRef Kernel, Action SwitchOn) BuildWithoutHost(VmParts vm, Func<IDriverKernel, INetworkDriver> driver)
    {
        var vmm = Context.ActorOf(
            NativeMonitor.Props(_parts.Lane, MonitorSettings(vm.Settings), _parts.Processor, vm.Machine, _parts.Pic, _parts.Settings.Nic.InterruptLine, driver, vm.Reception),
            "vmm");
        return (ActorRefs.Nobody, BuildGuest(vm, vmm), () => vmm.Tell(NativeMonitor.PowerOn.Instance));
    }

    /// <summary>VMware Workstation on the host, and its one virtual machine, powered on as the host has booted.</summary>
    /// <returns>The guest's kernel.</returns>
    private IActorRef BuildVirtualMachine(VmParts vm, IActorRef host)
    {
        var lane = _parts.Lane;
        var settings = vm.Settings;
        var processor = _parts.Processor;
        var vmDriver = Context.ActorOf(VmDriver.Props(lane, processor, host, vm.Transmission), "vmdriver");
        var switches = settings.Switches;
        var vmNet = Context.ActorOf(
            VmNet.Props(lane, new(settings.VmNetQueue, switches.PreallocatedSkbuffs), processor, host, vm.Shared, _parts.Buffers, vm.VmNet, vm.Transmission, vm.Sending, vm.Reception),
            "vmnet");
        var vmApp = Context.ActorOf(
            VmAppProcess.Props(
                lane,
                new(settings.Nic.Port, switches.IrqNotification, switches.SelectInterval, switches.PreallocatedSkbuffs),
                processor,
                host,
                vm.Nic,
                vm.Shared,
                vm.Transmission,
                vm.Sending,
                vm.Reception,
                _parts.Keyboard?.Virtual),
            "vmapp");
        var vmm = Context.ActorOf(
            HostedMonitor.Props(lane, MonitorSettings(settings), switches.SendCombining, processor, vm.Machine, vmDriver), "vmm");
        var guest = BuildGuest(vm, vmm);
        vmDriver.Tell(new VmDriver.LoadVmm(vmm));
        host.Tell(new HostKernel.LoadVmDrivers(vmDriver, vmNet, settings.Inet.Mac));
        if (vm.PrivateNetwork is { } network)
            host.Tell(new HostKernel.JoinPrivateNetwork(network));
        host.Tell(new LinuxKernel.Spawn(vmApp, Account: _parts.AddProcess("vmapp")));
        return guest;
    }

    /// <summary>The guest operating system, in a virtual machine that this VMM runs.</summary>
    private IActorRef BuildGuest(VmParts vm, IActorRef vmm)
    {
        var settings = vm.Settings;
        var processor = _parts.Processor;
        var guest = Context.ActorOf(
            GuestKernel.Props(
                _parts.Lane,
                vm.Processor,
                category => GuestActivities.Of(processor, category),
                vm.Stack,
                vm.Scheduler,
                _parts.Ticks,
                vm.Kernel,
                vmm,
                settings.InterruptLine,
                kernel => settings.Switches.Nic == VirtualNicKind.Vmxnet
                    ? new VmxnetDriver(settings.Nic, kernel, vm.Memory, kernel, vm.Kernel)
                    : new Pcnet32(settings.Nic, kernel, vm.Memory, kernel, vm.Kernel, TicksPerSecond),
                vm.Reception,
                settings.Switches.IdleKeepsPageTable ? GuestActivities.SwitchWithinPageTables(processor) : null,
                vm.Buffers),
            "guest");
        vmm.Tell(new VirtualMachineMonitor.LoadGuest(guest));
        return guest;
    }

    private VirtualMachineMonitor.Settings MonitorSettings(VmSettings vm) => new(
        vm.Nic.Port,
        vm.InterruptLine,
        vm.Switches.IoInVmm,
        vm.Switches.DataPortReadsSwitch,
        vm.Switches.AddressPortAsMov,
        vm.Switches.PicAsMov,
        _parts.Ticks);

    /// <summary>The machine's keyboard, and the drivers of both kernels for what they see of one.</summary>
    private void BuildKeyboards(KeyboardParts keyboard, IActorRef host, IActorRef guest, IActorRef pic)
    {
        var (lane, processor, path) = (_parts.Lane, _parts.Processor, keyboard.Path);
        var actor = Context.ActorOf(
            Keyboard.Props(lane, keyboard.Typing, keyboard.Controller, keyboard.Settings.ByteTime, path.Press, path.ReachedController, pic), "keyboard");
        host.Tell(new LinuxKernel.LoadDriver(Keyboard8042.InterruptLine, kernel => new KeyboardDriver(
            new KeyboardPorts(keyboard.Controller, actor), kernel, processor.Activity(World.Host, "keyboard"), OnHostKey, setUp: false)));
        host.Tell(new HostKernel.GrabKeyboard(keyboard.Terminal));
        guest.Tell(new LinuxKernel.LoadDriver(Keyboard8042.InterruptLine, kernel => new KeyboardDriver(
            (GuestKernel)kernel, kernel, GuestActivities.Of(processor, "keyboard"), code => path.HandledByGuest(code, lane.Now), setUp: true)));

        void OnHostKey(byte code)
        {
            keyboard.Terminal.Put(code);
            path.HandledByHost(code, lane.Now);
        }
    }

    /// <summary>Processes that are no part of the experiment but share the host's processor with what is.</summary>
    private void BuildCompetingProcesses(CompetingSettings competing, IActorRef host)
    {
        for (var i = 1; i <= competing.Processes; i++)
        {
            var lengths = _parts.Lane.Random(_experiment.Seed, $"competing-{i}/lengths");
            var actor = Context.ActorOf(CompetingProcess.Props(_parts.Lane, competing.Each, lengths, host), $"competing-{i}");
            host.Tell(new LinuxKernel.Spawn(actor, competing.Priority, _parts.AddProcess($"competing-{i}")));
        }
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: -1,
        withinTimeMilliseconds: -1,
        localOnlyDecider: cause =>
        {
            // One that is gone for good stays in the tree: what is still sent to it is lost, but for the processor.
            if (cause is InjectedCrashException crash)
                return crash.Restarts ? Directive.Restart : Directive.Resume;
            _parts.Lane.Fail(cause);
            return Directive.Stop;
        },
        loggingEnabled: false);

    /// <inheritdoc/>
    protected override void OnReceive(object message) => Unhandled(message);

    private Props Program(ProgramSettings program, ProgramEnvironment environment) => program switch
    {
        ProgramSettings.SendNettest nettest => NettestSender.Props(_parts.Lane, nettest.Settings, environment),
        ProgramSettings.ReceiveNettest nettest => NettestReceiver.Props(_parts.Lane, nettest.Settings, environment, _parts.Nettest),
        ProgramSettings.Compute compute => Computation.Props(_parts.Lane, compute.Settings, environment, _parts.Computation),
        ProgramSettings.Idle idle => Idling.Props(_parts.Lane, idle.Settings, environment),
        ProgramSettings.SendPing ping => Ping.Props(_parts.Lane, ping.Settings, environment, _parts.Ping),
        _ => throw new ArgumentOutOfRangeException(nameof(program), program, "no such program"),
    };
}
