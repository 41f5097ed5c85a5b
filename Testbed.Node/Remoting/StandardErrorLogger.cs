using Akka.Actor;
using Akka.Event;

namespace Testbed.Node.Remoting;

/// <summary>Akka's log, one line an event, to standard error: standard output belongs to what others read by program.</summary>
public sealed class StandardErrorLogger : ReceiveActor
{
    // A process that leaves, or is not there yet: PeerLoss sees it, and says so where it matters.
    private static readonly string[] ComingsAndGoings = ["EndpointDisassociatedException", "ShutDownAssociation", "InvalidAssociation"];

    /// <summary>Made by Akka.</summary>
    public StandardErrorLogger()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(IsOfComingsAndGoings, _ => { });
        Receive<LogEvent>(e => Console.Error.WriteLine(Line(e)));
    }

    internal static bool IsOfComingsAndGoings(LogEvent e) => e.Cause is { } cause && ComingsAndGoings.Contains(cause.GetType().Name);

    internal static string Line(LogEvent e)
    {
        var text = $"{e.Message}";
        if (e.Cause is { } cause)
            text += $": {cause.GetBaseException().Message}";
        return $"{e.LogLevel().ToString().Replace("Level", "", StringComparison.Ordinal).ToLowerInvariant()}: {text.ReplaceLineEndings(" ")}";
    }
}
