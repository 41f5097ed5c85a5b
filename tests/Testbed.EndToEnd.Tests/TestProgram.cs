using System.Diagnostics;

namespace Testbed.EndToEnd.Tests;

/// <summary>A process of one of the programs: its lines can be waited for, and it is gone when the test is.</summary>
internal sealed class TestProgram : IAsyncDisposable
{
    /// <summary>For whatever must happen at some time; generous, as it is only waited for in full by a test that fails.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task _errors;
    private readonly Lock _lock = new();
    private readonly List<string> _errorLines = [];
    private readonly List<(Predicate<string> Matches, TaskCompletionSource<string> Seen)> _awaited = [];

    private TestProgram(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        Id = _process.Id;
        FirstOutputLine = _process.StandardOutput.ReadLineAsync();
        _output = ReadOutputAsync();
        _errors = ReadErrorsAsync();
    }

    public int Id { get; }

    /// <summary>Null when it ended without one.</summary>
    public Task<string?> FirstOutputLine { get; }

    public IReadOnlyList<string> ErrorLines
    {
        get
        {
            lock (_lock)
                return [.. _errorLines];
        }
    }

    public static TestProgram StartTestbed(params IEnumerable<string> arguments) => Start("testbed", arguments);

    public static TestProgram StartNode(params IEnumerable<string> arguments) => Start("Testbed.Node", arguments);

    /// <summary>Either program by way of another one, such as <c>ip netns exec</c>, that becomes it.</summary>
    public static TestProgram StartBy(IEnumerable<string> wrapper, string program, params IEnumerable<string> arguments)
    {
        string[] words = [.. wrapper, InFolder(program), .. arguments];
        return new(new ProcessStartInfo(words[0], words[1..]));
    }

    /// <summary>Runs the testbed to its end.</summary>
    public static async Task<(int ExitCode, string Output, IReadOnlyList<string> Errors)> RunTestbedAsync(params IEnumerable<string> arguments)
    {
        await using var testbed = StartTestbed(arguments);
        var exitCode = await testbed.EndedAsync();
        return (exitCode, await testbed._output, testbed.ErrorLines);
    }

    /// <summary>Waits until nodes are ready for a runner.</summary>
    public static async Task ListeningAsync(params TestProgram[] nodes)
    {
        foreach (var node in nodes)
        {
            var line = await node.FirstOutputLine.WaitAsync(Patience);
            Assert.True(line is not null && line.StartsWith("listening on ", StringComparison.Ordinal), string.Join('\n', node.ErrorLines));
        }
    }

    /// <summary>Waits for a line on standard error, be it there already or not.</summary>
    public async Task<string> ErrorLineAsync(Predicate<string> matches)
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_errorLines.Find(matches) is { } line)
                return line;
            _awaited.Add((matches, seen));
        }

        var first = await Task.WhenAny(seen.Task, _errors, Task.Delay(Patience));
        return first == seen.Task ? await seen.Task : throw new TimeoutException($"no such line; there were:\n{string.Join('\n', ErrorLines)}");
    }

    /// <summary>Waits until the run that it makes is under way: time passes and bytes arrive.</summary>
    public Task UnderWayAsync() => ErrorLineAsync(line =>
        line.Contains(" s virtual, ", StringComparison.Ordinal) && !line.Contains(" 0.0 of ", StringComparison.Ordinal));

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndedAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            await Task.WhenAll(_output, _errors).WaitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"process {Id} has not ended; it said:\n{string.Join('\n', ErrorLines)}");
        }
    }

    /// <summary>Waits for its end, watching its memory.</summary>
    /// <returns>The most that it had resident at a time, in KiB.</returns>
    public async Task<long> PeakMemoryKibAsync()
    {
        var peak = 0L;
        var limit = Stopwatch.StartNew();
        while (!_process.HasExited)
        {
            if (limit.Elapsed > Patience)
                throw new TimeoutException($"process {Id} has not ended");
            peak = Math.Max(peak, Proc.PeakMemoryKib(Id));
            await Task.Delay(PollInterval);
        }

        return peak;
    }

    /// <summary>As <c>kill -9</c>.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static TestProgram Start(string program, IEnumerable<string> arguments) => new(new ProcessStartInfo(InFolder(program), arguments));

    // Those of another build, such as native code, can be put to the same tests.
    private static string InFolder(string program) =>
        Path.Combine(Environment.GetEnvironmentVariable("TESTBED_PROGRAMS") is { Length: > 0 } folder ? folder : AppContext.BaseDirectory, program);

    private async Task<string> ReadOutputAsync() => await FirstOutputLine + "\n" + await _process.StandardOutput.ReadToEndAsync();

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _errorLines.Add(line);
                foreach (var (_, seen) in _awaited.Where(a => a.Matches(line)))
                    seen.TrySetResult(line);
            }
        }
    }
}
