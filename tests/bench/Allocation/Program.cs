using System.Globalization;
using Akka.Actor;
using Testbed.Node.Configuration;
using Testbed.Node.Experiments;

namespace Testbed.Bench.Allocation;

/// <summary>
/// How much both PCs together allocate for each data packet, in one process: <c>Allocation [experiment] [MiB]</c>. A short run is taken off
/// a long one, so that starting up does not count.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        var name = args.Length > 0 ? args[0] : "vm733-to-350";
        var mib = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 20;
        Run(name, 1);
        var few = Run(name, 1);
        var many = Run(name, mib + 1);
        var packets = many.Packets - few.Packets;
        var bytes = many.Bytes - few.Bytes;
        var events = many.Events - few.Events;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {bytes / (double)packets:0} bytes and {events / (double)packets:0.0} events for each of {packets} data packets"));
        return 0;
    }

    private static (long Bytes, long Packets, long Events) Run(string name, int mib)
    {
        using var system = ActorSystem.Create("allocation", "akka { loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }");
        var resolver = new ExperimentResolver(ExperimentCatalog.Open(null), SettingsValidators.All);
        var settings = ExperimentSettings.Read(SettingsReader.Of(resolver.Resolve(name, [$"nettest.bytes={mib}MiB"])));
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var run = new OneProcessRun(system, settings);
        if (run.Run() is { } failure)
            throw new InvalidOperationException(failure);
        return (GC.GetTotalAllocatedBytes(precise: true) - before, run.Sender.ProgramStack.TcpCounters.DataSegmentsSent, run.EventCount);
    }
}
