using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Testbed.Node;
using Testbed.Node.Remoting;

namespace Testbed.Runner.TwoProcesses;

/// <summary>A node that this process has started: knows when it listens, passes on what it says, sees it end, and ends it.</summary>
public sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _pc;
    private readonly TextWriter _messages;
    private readonly Process? _process;
    private string? _lastMessage;

    private NodeProcess(string pc, ProcessStartInfo start, TextWriter messages)
    {
        _pc = pc;
        _messages = messages;
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            _lastMessage = e.Message.ReplaceLineEndings(" ");
        }

        // Threads that wait, not tasks: for each kind of task the just-in-time compiler would have to be waited for.
        Exited = Task.Factory.StartNew(Follow, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Its Akka address; faults with a <see cref="NodeStartException"/> when it ends before it listens.</summary>
    public Task<string> Listening => _listening.Task;

    /// <summary>Its exit code, when it has ended.</summary>
    public Task<int> Exited { get; }

    /// <summary>Its process id; 0 if it could not be started.</summary>
    public int Id => _process?.Id ?? 0;

    /// <summary>Starts a node on loopback, on a port that the system chooses.</summary>
    /// <param name="pc">The PC's name, put before each line that the node writes to standard error.</param>
    /// <param name="transport">What carries its messages.</param>
    /// <param name="program">The node's executable, or the assembly to be run by <c>dotnet</c>.</param>
    /// <param name="arguments">Further arguments.</param>
    /// <param name="messages">Where the node's messages go.</param>
    public static NodeProcess Start(string pc, TransportKind transport, string program, IEnumerable<string> arguments, TextWriter messages)
    {
        IEnumerable<string> words = ["--bind", "127.0.0.1:0", "--transport", transport.Name(), "--with-runner", .. arguments];
        var start = program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            ? new ProcessStartInfo("dotnet", [program, .. words])
            : new ProcessStartInfo(program, words);
        // Its input stays open for as long as this process wants the node, and closes by itself when this process dies.
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return new NodeProcess(pc, start, messages);
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
        _process?.StandardInput.Close();
        if (await Task.WhenAny(Exited, Task.Delay(EndLimit)) != Exited)
            _process?.Kill();
        await Exited;
        _process?.Dispose();
    }

    /// <summary>Takes in what it says, to its end.</summary>
    private int Follow()
    {
        var exitCode = -1;
        if (_process is not null)
        {
            var errors = new Thread(PassOnErrors) { IsBackground = true, Name = $"errors of {_pc}" };
            errors.Start();
            while (_process.StandardOutput.ReadLine() is { } line)
            {
                if (line.StartsWith(NodeProgram.ListeningOn, StringComparison.Ordinal))
                    _listening.TrySetResult(line[NodeProgram.ListeningOn.Length..]);
            }

            errors.Join();
            _process.WaitForExit();
            exitCode = _process.ExitCode;
        }

        _listening.TrySetException(new NodeStartException(
            $"the node for {_pc} ended before it listened{(_lastMessage is null ? $" (exit code {exitCode})" : $": {_lastMessage}")}"));
        _ = _listening.Task.Exception;
        return exitCode;
    }

    private void PassOnErrors()
    {
        while (_process!.StandardError.ReadLine() is { } line)
        {
            _lastMessage = line;
            _messages.WriteLine($"{_pc}: {line}");
        }
    }
}
