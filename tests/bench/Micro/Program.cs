using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Testbed.Bench.Micro;

/// <summary>What the pieces of the hot path take. <c>Micro --filter '*'</c> runs them all; a transport's round trip is measured by RoundTrip, between two processes.</summary>
internal static class Program
{
    // In this process: the model's actors need no other build, and the whole takes a minute.
    private static void Main(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(
        args, DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
}
