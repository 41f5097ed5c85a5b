using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Observing;
using Testbed.Node.Time;
using Testbed.Runner.Output;

namespace Testbed.Runner.Recordings;

/// <summary>Writes what was recorded of a run into its folder. One process or two, the files are the same to the byte.</summary>
internal static class RecordingFiles
{
    /// <summary>The trace's file.</summary>
    public const string Trace = "trace.json";

    /// <summary>The timeline's file.</summary>
    public const string Timeline = "timeline.csv";

    private const string HostCapture = "-host.pcapng";
    private const string GuestCapture = "-guest.pcapng";

    /// <summary>The names that a recording's files have.</summary>
    public static readonly IReadOnlyList<string> Patterns = [Trace, Timeline, $"*{HostCapture}", $"*{GuestCapture}"];

    /// <summary>Writes what there is.</summary>
    /// <returns>What was left out, a line each.</returns>
    /// <exception cref="ConfigurationException">The folder cannot be written.</exception>
    /// <exception cref="FormatException">A node has sent what is no recording; in one line.</exception>
    public static IReadOnlyList<string> Write(RunFolder folder, ResolvedExperiment experiment, Recording? sender, Recording? receiver)
    {
        var settings = ExperimentSettings.Read(SettingsReader.Of(experiment));
        var notes = new List<string>();
        foreach (var (pc, recording) in new[] { (settings.Sender.Name, sender), (settings.Receiver.Name, receiver) })
        {
            WriteCapture(folder, notes, FileName(pc) + HostCapture, recording?.Part(RecordingPart.HostCapture));
            WriteCapture(folder, notes, FileName(pc) + GuestCapture, recording?.Part(RecordingPart.GuestCapture));
        }

        WriteTrace(folder, notes, experiment.Name, settings, sender?.Part(RecordingPart.Trace), receiver?.Part(RecordingPart.Trace));
        var (sent, received) = (sender?.Part(RecordingPart.Timeline), receiver?.Part(RecordingPart.Timeline));
        if ((sent ?? received) is { } timeline)
        {
            folder.Write(Timeline, file => file.Write(System.Text.Encoding.UTF8.GetBytes(TimelineFile.Text(sent, received))));
            if (timeline.Extent.IsCut)
                notes.Add($"{Timeline} ends at {timeline.Extent.CutAt}, its limit of {TimelineRecorder.LimitBins:#,0} bins; {timeline.Extent.LeftOut:#,0} are left out");
        }

        return notes;
    }

    private static void WriteCapture(RunFolder folder, List<string> notes, string name, RecordedPart? capture)
    {
        if (capture is null)
            return;
        folder.Write(name, file => file.Write(capture.Bytes.Span));
        if (capture.Extent is { IsCut: true } extent)
            notes.Add($"{name} ends at {extent.CutAt}, its limit of {CaptureWriter.LimitBytes >> 20} MiB; {extent.LeftOut:#,0} frames are left out");
    }

    private static void WriteTrace(
        RunFolder folder, List<string> notes, string experiment, ExperimentSettings settings, RecordedPart? sender, RecordedPart? receiver)
    {
        var parts = new[] { sender, receiver }.OfType<RecordedPart>().ToArray();
        if (parts.Length == 0)
            return;

        // Beyond the first cut the trace would show one PC without the other.
        var until = parts.Select(part => part.Extent.CutAt).Min();
        string? note = null;
        if (until != Instant.Never)
        {
            note = $"{Trace} ends at {until}, where one PC has {TraceWriter.LimitRecords:#,0} events, the limit; --from and --for choose another part";
            notes.Add(note);
        }

        var pcs = new List<TracedPc>();
        Add(1, $"{settings.Sender.Name} (sender)", sender);
        Add(2, $"{settings.Receiver.Name} (receiver)", receiver);
        folder.Write(Trace, file => TraceFile.Write(file, experiment, settings.Seed, Program(settings), pcs, note));

        void Add(int id, string title, RecordedPart? part)
        {
            if (part is not null)
                pcs.Add(new TracedPc(id, title, TraceReader.Read(part.Bytes), until, settings.Cable));
        }
    }

    private static string Program(ExperimentSettings settings) => settings.SenderProgram switch
    {
        ProgramSettings.SendPing => "ping",
        ProgramSettings.Compute => "compute",
        _ => "nettest",
    };

    /// <summary>A PC may have any name; a file may not.</summary>
    private static string FileName(string pc) => string.Concat(pc.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'));
}
