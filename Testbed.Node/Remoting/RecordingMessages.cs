using Testbed.Node.Observing;
using Testbed.Node.Time;
using Testbed.Protocol;

namespace Testbed.Node.Remoting;

/// <summary>What is to be recorded, as it crosses from the runner to a node.</summary>
public static class RecordingMessages
{
    /// <summary>As a message.</summary>
    public static RecordingRequest Write(RecordingSettings settings) => new()
    {
        Captures = settings.Captures,
        Trace = settings.Trace,
        FromNs = settings.From.Nanoseconds,
        UntilNs = settings.Until.Nanoseconds,
        TimelineBinNs = settings.TimelineBin?.Nanoseconds ?? 0,
    };

    /// <summary>What a message says; whether that makes sense is <see cref="RecordingSettings.IsValid"/>.</summary>
    public static RecordingSettings Read(RecordingRequest message) => new(
        message.Captures,
        message.Trace,
        message.TimelineBinNs == 0 ? null : new Duration(message.TimelineBinNs),
        new Instant(message.FromNs),
        new Instant(message.UntilNs));
}
