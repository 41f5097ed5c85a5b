using System.CommandLine;
using System.Runtime.InteropServices;
using Akka.Actor;
using Testbed.Node.Experiments;
using Testbed.Node.Remoting;

namespace Testbed.Node;

/// <summary>The program of a node: listens, serves runners until told to end.</summary>
public static class NodeProgram
{
    /// <summary>What the one line on standard output begins with; the node's address follows.</summary>
    public const string ListeningOn = "listening on ";

    private const int Success = 0;
    private const int UsageError = 2;
    private const int Defect = 3;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(6);

    /// <summary>Runs the program.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="factory">Makes the PCs that it hosts.</param>
    /// <returns>The exit code: 0; 2 after one line that says what is wrong; 3 after a defect of this program.</returns>
    public static Task<int> RunAsync(string[] args, PcRunFactory factory)
    {
        var bind = Address("--bind", $"Where to listen; port 0 lets the system choose. Default: {NodeSettings.DefaultBind}");
        var publicAddress = Address("--public", "Where others reach this node, if not at --bind: behind a relay or a NAT");
        var peer = Address("--peer", "Where this node reaches the other one, if not where the runner does");
        var wait = new Option<TimeSpan?>("--wait")
        {
            Description = "How long a silent connection is trusted. Default: 30 s",
            HelpName = "time",
            CustomParser = result =>
            {
                try
                {
                    return NodeSettings.ParseWait(string.Concat(result.Tokens.Select(t => t.Value)));
                }
                catch (FormatException e)
                {
                    result.AddError($"--wait: {e.Message}");
                    return null;
                }
            },
        };
        var transport = new Option<TransportKind?>("--transport")
        {
            Description = $"How messages travel: {string.Join(", ", TransportKinds.Names)}. Default: {TransportKind.CableTcp.Name()}",
            HelpName = "name",
            CustomParser = result =>
            {
                try
                {
                    return TransportKinds.Parse(result.Tokens[0].Value);
                }
                catch (FormatException e)
                {
                    result.AddError($"--transport: {e.Message}");
                    return null;
                }
            },
        };
        var config = new Option<string?>("--config")
        {
            Description = "A HOCON file with the same settings: node { bind, public, peer, wait, transport }; the command line goes before it",
            HelpName = "file",
        };
        var withRunner = new Option<bool>("--with-runner")
        {
            Description = "End when standard input closes, and leave Ctrl-C to the runner that started this node",
        };
        var root = new RootCommand("Hosts one PC of the testbed and waits for a runner; serves one experiment after another.")
        {
            bind, publicAddress, peer, wait, transport, config, withRunner,
        };
        root.SetAction(async (parsed, cancel) =>
        {
            try
            {
                var file = parsed.GetValue(config);
                var settings = file is null ? new NodeSettings() : NodeSettings.Read(file);
                settings = settings with
                {
                    Bind = parsed.GetValue(bind) ?? settings.Bind,
                    Public = parsed.GetValue(publicAddress) ?? settings.Public,
                    Peer = parsed.GetValue(peer) ?? settings.Peer,
                    Wait = parsed.GetValue(wait) ?? settings.Wait,
                    Transport = parsed.GetValue(transport) ?? settings.Transport,
                };
                return await ServeAsync(settings, factory, parsed.GetValue(withRunner));
            }
            catch (Exception e) when (e is FormatException or RemotingException)
            {
                return Fail(e.Message);
            }
        });
        var result = root.Parse(args);
        return result.Errors.Count > 0
            ? Task.FromResult(Fail(result.Errors[0].Message))
            : InvokeAsync(result);
    }

    private static async Task<int> InvokeAsync(ParseResult result)
    {
        try
        {
            return await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"a defect of this program: {e}");
            return Defect;
        }
    }

    private static async Task<int> ServeAsync(NodeSettings settings, PcRunFactory factory, bool withRunner)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Ctrl-C goes to every process of a terminal; a runner's nodes have to outlive it, to report how far they came.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => Signalled(c, ends: !withRunner));
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, c => Signalled(c, ends: !withRunner));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => Signalled(c, ends: true));
        if (withRunner)
            EndWhenInputCloses(end);

        using var system = RemoteSystem.Start(settings.Remoting);
        var server = system.ActorOf(
            NodeServer.Props(new NodeServer.Settings(ProgramVersion.Current, settings.Peer), factory), NodeServer.Name);
        if (!RemoteSystem.IsLoopback(settings.Bind))
        {
            await Console.Error.WriteLineAsync(
                $"warning: bound to {settings.Bind}: whoever can reach that port can use this node; there is no encryption or authentication yet");
        }

        await Console.Out.WriteLineAsync($"{ListeningOn}{RemoteSystem.AddressOf(system)}");
        await Console.Out.FlushAsync();

        await end.Task;
        try
        {
            await server.Ask<NodeServer.Stopped>(NodeServer.Shutdown.Instance, EndLimit);
        }
        catch (AskTimeoutException)
        {
            await Console.Error.WriteLineAsync($"the PC did not stop within {EndLimit.TotalSeconds:0} s");
        }

        await system.Terminate();
        return Success;

        void Signalled(PosixSignalContext context, bool ends)
        {
            context.Cancel = true;
            if (ends)
                end.TrySetResult();
        }
    }

    private static void EndWhenInputCloses(TaskCompletionSource end)
    {
        var thread = new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            Span<byte> ignored = stackalloc byte[64];
            while (input.Read(ignored) > 0)
            {
            }

            end.TrySetResult();
        })
        { IsBackground = true, Name = "standard input" };
        thread.Start();
    }

    private static Option<HostPort?> Address(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "host:port",
        CustomParser = result =>
        {
            if (HostPort.TryParse(result.Tokens[0].Value, out var value, out var error))
                return value;
            result.AddError($"{name}: {error}");
            return null;
        },
    };

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return UsageError;
    }
}
