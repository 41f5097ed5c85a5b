using System.Runtime.InteropServices;

namespace Testbed.Runner.CommandLine;

/// <summary>Ctrl-C and the signals to end: the first ends the run in good order, the second ends the program at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _count;

    public Interruption(TextWriter error) => _registrations = Array.ConvertAll(
        [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP],
        (PosixSignal signal) => PosixSignalRegistration.Create(signal, context => Handle(context, error)));

    public CancellationToken Token => _cancel.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _cancel.Dispose();
    }

    private void Handle(PosixSignalContext context, TextWriter error)
    {
        if (Interlocked.Increment(ref _count) > 1)
            return;
        context.Cancel = true;
        // A hang-up may have taken the terminal with it.
        if (context.Signal == PosixSignal.SIGINT)
            error.WriteLine("\nEnding the run; Ctrl-C again kills it.");
        _cancel.Cancel();
    }
}
