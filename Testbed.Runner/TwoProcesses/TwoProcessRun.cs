using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Remoting;
using Testbed.Node.Results;

namespace Testbed.Runner.TwoProcesses;

/// <summary>
/// Each PC in a process of its own, joined over Akka.Remote: two nodes that are started here and ended with the run, or two that someone
/// has started by hand, which stay.
/// </summary>
/// <param name="settings">Where the nodes are.</param>
public sealed class TwoProcessRun(TwoProcessSettings settings) : IRunMode
{
    private const string LocalMode = "two-processes";
    private const string RemoteMode = "nodes";
    private Task<ActorSystem>? _ready;
    private Task? _ending;

    /// <summary>What has been made ready, or is about to be, and is not in use.</summary>
    internal Task<ActorSystem>? Ready => _ready;

    /// <inheritdoc/>
    public void GetReady()
    {
        // Where this process has to listen for nodes of someone else's, the experiment tells.
        if (settings.Nodes.Count > 0)
            return;
        _ready ??= Task.Run(() => StartSystem(TransportHere(TextWriter.Null)));
        _ending = Task.CompletedTask;
    }

    /// <inheritdoc/>
    /// <exception cref="FormatException">The settings name PCs that are not in the experiment; one line for the person.</exception>
    /// <exception cref="RemotingException">There is no way from here to a node; one line for the person.</exception>
    public void Check(ResolvedExperiment experiment)
    {
        if (settings.Nodes.Count > 0)
            _ = AddressesOfNodes(experiment);
    }

    /// <inheritdoc/>
    /// <exception cref="FormatException">The settings name PCs that are not in the experiment; one line for the person.</exception>
    /// <exception cref="RemotingException">This process cannot listen where it should; one line for the person.</exception>
    public async Task<RunOutcome> RunAsync(ResolvedExperiment experiment, IProgress<RunProgress> progress, CancellationToken cancel)
    {
        var (sender, receiver) = PcNames(experiment);
        return settings.Nodes.Count > 0
            ? await RunOnNodesAsync(experiment, sender, receiver, progress, cancel)
            : await RunHereAsync(experiment, sender, receiver, progress, cancel);
    }

    /// <summary>
    /// Ends what was made ready and not used, and waits until neither a node nor anything else of the runs is left. What has not even become ready
    /// is not waited for, and ends as soon as it has: who hears of a mistake shall not wait for what comes of none.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ready, null) is { } unused)
        {
            var end = EndAsync(unused);
            if (unused.IsCompleted)
                await end;
        }

        if (_ending is { } ending)
            await ending;
    }

    /// <summary>The names of an experiment's PCs; told apart by role if they are the same.</summary>
    internal static (string Sender, string Receiver) PcNames(ResolvedExperiment experiment)
    {
        var config = ConfigurationFactory.ParseString(experiment.Hocon);
        var sender = config.GetString("sender.pc", "sender");
        var receiver = config.GetString("receiver.pc", "receiver");
        return sender == receiver ? ($"{sender} (sender)", $"{receiver} (receiver)") : (sender, receiver);
    }

    private async Task<RunOutcome> RunOnNodesAsync(
        ResolvedExperiment experiment, string sender, string receiver, IProgress<RunProgress> progress, CancellationToken cancel)
    {
        var (senderAt, receiverAt, own) = AddressesOfNodes(experiment);
        var bind = settings.Bind ?? HostPort.Loopback with { Host = own };
        using var system = RemoteSystem.Start(Remoting(bind, settings.Transport ?? TransportKind.CableTcp));
        var started = Stopwatch.GetTimestamp();
        var result = await ControlAsync(
            system,
            experiment,
            new RunControl.NodeAt(sender, RemoteSystem.AddressOf(system, senderAt)),
            new RunControl.NodeAt(receiver, RemoteSystem.AddressOf(system, receiverAt)),
            _ => { },
            progress,
            cancel);
        await system.Terminate();
        return Outcome(result, RemoteMode, started);
    }

    private async Task<RunOutcome> RunHereAsync(
        ResolvedExperiment experiment, string sender, string receiver, IProgress<RunProgress> progress, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        var program = settings.NodeProgram ?? NodeExecutable.Find();
        var transport = TransportHere(settings.Messages);
        var senderNode = NodeProcess.Start(sender, transport, program, settings.NodeArguments(Role.Sender), settings.Messages);
        var receiverNode = NodeProcess.Start(receiver, transport, program, settings.NodeArguments(Role.Receiver), settings.Messages);
        var starting = Interlocked.Exchange(ref _ready, null) ?? Task.Run(() => StartSystem(transport), CancellationToken.None);
        try
        {
            var system = await starting;
            var listening = Task.WhenAll(senderNode.Listening, receiverNode.Listening);
            var failed = Task.WhenAny(senderNode.Exited, receiverNode.Exited);
            await Task.WhenAny(listening, failed).WaitAsync(settings.Wait, cancel);
            if (!listening.IsCompleted)
                await (senderNode.Exited.IsCompleted ? senderNode : receiverNode).Listening;
            var addresses = await listening.WaitAsync(settings.Wait, cancel);
            var result = await ControlAsync(
                system,
                experiment,
                new RunControl.NodeAt(sender, Address.Parse(addresses[0])),
                new RunControl.NodeAt(receiver, Address.Parse(addresses[1])),
                control =>
                {
                    Watch(senderNode, Role.Sender, control);
                    Watch(receiverNode, Role.Receiver, control);
                },
                progress,
                cancel);
            return Outcome(result, LocalMode, started);
        }
        catch (Exception e) when (e is NodeStartException or TimeoutException or OperationCanceledException)
        {
            var failure = e switch
            {
                NodeStartException => e.Message,
                TimeoutException => $"the nodes did not start within {settings.Wait.TotalSeconds:0.###} s",
                _ => "cancelled",
            };
            return Outcome(new RunControl.Result(failure, new PcOutcome(failure, "", ""), new PcOutcome(failure, "", "")), LocalMode, started);
        }
        finally
        {
            var ending = Task.WhenAll(EndAsync(starting), senderNode.DisposeAsync().AsTask(), receiverNode.DisposeAsync().AsTask());
            if (_ending is null)
                await ending;
            else
                _ending = Task.WhenAll(_ending, ending);
        }
    }

    private static async Task EndAsync(Task<ActorSystem> starting)
    {
        // Why there is none, the run has told.
        await ((Task)starting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (starting.IsCompletedSuccessfully)
            await starting.Result.Terminate();
    }

    private async Task<RunControl.Result> ControlAsync(
        ActorSystem system,
        ResolvedExperiment experiment,
        RunControl.NodeAt sender,
        RunControl.NodeAt receiver,
        Action<IActorRef> started,
        IProgress<RunProgress> progress,
        CancellationToken cancel)
    {
        var result = new TaskCompletionSource<RunControl.Result>(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = new RunControl.Settings(
            Guid.NewGuid().ToString("n"), ProgramVersion.Current, experiment, sender, receiver, settings.Wait, settings.Recording);
        var control = system.ActorOf(RunControl.Props(run, progress, result), "run");
        started(control);
        await using (cancel.Register(() => control.Tell(RunControl.Cancel.Instance, ActorRefs.NoSender)))
        {
            return await result.Task;
        }
    }

    private static void Watch(NodeProcess node, Role role, IActorRef control) => node.Exited.ContinueWith(
        exited => control.Tell(new RunControl.NodeExited(role, exited.Result), ActorRefs.NoSender),
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private TransportKind TransportHere(TextWriter messages) => settings.Transport ?? TransportKinds.ForThisMachine(messages);

    private ActorSystem StartSystem(TransportKind transport) => RemoteSystem.Start(Remoting(settings.Bind ?? HostPort.Loopback, transport));

    private RemotingSettings Remoting(HostPort bind, TransportKind transport) =>
        new(bind) { Public = settings.Public, Wait = settings.Wait, Transport = transport, Akka = settings.Akka };

    private (HostPort Sender, HostPort Receiver, string Own) AddressesOfNodes(ResolvedExperiment experiment)
    {
        var (sender, receiver) = PcNames(experiment);
        var senderAt = NodeFor(sender, "sender");
        var receiverAt = NodeFor(receiver, "receiver");
        if (settings.Nodes.Count != 2 || senderAt == receiverAt)
            throw new FormatException($"--node: give one address for {sender} and another for {receiver}");
        return (senderAt, receiverAt, LocalAddress(senderAt, receiverAt));
    }

    private HostPort NodeFor(string pc, string role) =>
        settings.Nodes.TryGetValue(pc, out var at) || settings.Nodes.TryGetValue(role, out at)
            ? at
            : throw new FormatException(
                $"--node: there is none for {pc}, the experiment's {role}; given: {string.Join(", ", settings.Nodes.Keys.Order(StringComparer.Ordinal))}");

    // A node that is on this very machine may be named by its loopback address; the other one's route is the one that matters then.
    private static string LocalAddress(HostPort first, HostPort second)
    {
        var address = RemoteSystem.LocalAddressTowards(first);
        return RemoteSystem.IsLoopback(new HostPort(address, 0)) ? RemoteSystem.LocalAddressTowards(second) : address;
    }

    private static RunOutcome Outcome(RunControl.Result result, string mode, long started) =>
        new(result.Failure, result.Sender, result.Receiver, mode, Stopwatch.GetElapsedTime(started).TotalSeconds);
}
