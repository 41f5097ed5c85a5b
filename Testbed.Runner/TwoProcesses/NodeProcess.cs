using System.Globalization;
using CliWrap;
using CliWrap.EventStream;
using Testbed.Node;
using Testbed.Node.Remoting;

namespace Testbed.Runner.TwoProcesses;

/// <summary>A node that this process has started: knows when it listens, passes on what it says, sees it end, and ends it.</summary>
public sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _kill = new();
    private readonly TaskCompletionSource _inputOpen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _pc;
    private readonly TextWriter _messages;
    private string? _lastMessage;

    private NodeProcess(string pc, TextWriter messages)
    {
        _pc = pc;
        _messages = messages;
    }

    /// <summary>Its Akka address; faults with a <see cref="NodeStartException"/> when it ends before it listens.</summary>
    public Task<string> Listening => _listening.Task;

    /// <summary>Its exit code, when it has ended.</summary>
    public Task<int> Exited { get; private set; } = Task.FromResult(0);

    /// <summary>Its process id; 0 until it has been started.</summary>
    public int Id { get; private set; }

    /// <summary>Starts a node on loopback, on a port that the system chooses.</summary>
    /// <param name="pc">The PC's name, put before each line that the node writes to standard error.</param>
    /// <param name="transport">What carries its messages.</param>
    /// <param name="program">The node's executable, or the assembly to be run by <c>dotnet</c>.</param>
    /// <param name="arguments">Further arguments.</param>
    /// <param name="messages">Where the node's messages go.</param>
    public static NodeProcess Start(string pc, TransportKind transport, string program, IEnumerable<string> arguments, TextWriter messages)
    {
        var node = new NodeProcess(pc, messages);
        node.Exited = node.RunAsync(program, ["--bind", "127.0.0.1:0", "--transport", transport.Name(), "--with-runner", .. arguments]);
        return node;
    }

    /// <summary>How a process ended that should not have: "<c>was killed (SIGKILL)</c>", "<c>ended unexpectedly (exit code 3)</c>".</summary>
    /// <param name="exitCode">128 and the signal's number for one that a signal has ended, as .NET and the shells count.</param>
    public static string WordsFor(int exitCode) => exitCode switch
    {
        128 + 6 => "ended unexpectedly (SIGABRT)",
        128 + 9 => "was killed (SIGKILL)",
        128 + 11 => "ended unexpectedly (SIGSEGV)",
        128 + 15 => "was killed (SIGTERM)",
        _ => string.Create(CultureInfo.InvariantCulture, $"ended unexpectedly (exit code {exitCode})"),
    };

    /// <summary>Ends it: closes its input, and kills it if that does not help.</summary>
    public async ValueTask DisposeAsync()
    {
        _inputOpen.TrySetResult();
        if (await Task.WhenAny(Exited, Task.Delay(EndLimit)) != Exited)
            await _kill.CancelAsync();
        await Exited;
        _kill.Dispose();
    }

    private async Task<int> RunAsync(string program, IReadOnlyList<string> arguments)
    {
        var exitCode = -1;
        try
        {
            // An input that stays open for as long as this process wants the node, and closes by itself when this process dies.
            var input = PipeSource.Create(async (_, cancel) => await _inputOpen.Task.WaitAsync(cancel));
            var command = program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
                ? Cli.Wrap("dotnet").WithArguments([program, .. arguments])
                : Cli.Wrap(program).WithArguments(arguments);
            await foreach (var e in command.WithStandardInputPipe(input).WithValidation(CommandResultValidation.None).ListenAsync(_kill.Token))
            {
                switch (e)
                {
                    case StartedCommandEvent started:
                        Id = started.ProcessId;
                        break;
                    case StandardOutputCommandEvent output when output.Text.StartsWith(NodeProgram.ListeningOn, StringComparison.Ordinal):
                        _listening.TrySetResult(output.Text[NodeProgram.ListeningOn.Length..]);
                        break;
                    case StandardErrorCommandEvent error:
                        _lastMessage = error.Text;
                        await _messages.WriteLineAsync($"{_pc}: {error.Text}");
                        break;
                    case ExitedCommandEvent exited:
                        exitCode = exited.ExitCode;
                        break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Killed by DisposeAsync.
        }
        catch (Exception e)
        {
            _lastMessage = e.Message.ReplaceLineEndings(" ");
        }

        _listening.TrySetException(new NodeStartException(
            $"the node for {_pc} ended before it listened{(_lastMessage is null ? $" (exit code {exitCode})" : $": {_lastMessage}")}"));
        _ = _listening.Task.Exception;
        return exitCode;
    }
}
