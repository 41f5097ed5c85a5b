using CsCheck;

namespace Testbed.Tests.Experiments;

public sealed class DeviceCombinationTests
{
    private static readonly string[] Networks = ["bridged", "nat", "host-only"];
    private static readonly string[] Kinds = ["cpu-bound", "bursty"];

    [Fact]
    public async Task In_any_combination_every_byte_arrives_no_key_is_lost_the_ledger_is_exact_and_two_timelines_give_what_one_gives() =>
        await Gen.Select(
            Gen.Int[1, 100_000],
            Gen.Select(Gen.Int[0, 2].Select(i => Networks[i]), Gen.Int[0, 8], Gen.Int[1, 30]),
            Gen.Select(Gen.Int[0, 2], Gen.Int[0, 1].Select(i => Kinds[i]), Gen.Int[-20, 19]),
            Gen.Select(Gen.Int[0, 50], Gen.Int[0, 3], Gen.Bool)).SampleAsync(
            async (seed, vm, competing, cable) =>
            {
                var (network, keys, intervalMs) = vm;
                var (processes, kind, nice) = competing;
                var (jitter, lossPercent, immediate) = cable;
                var settings = Experiment.Settings(
                    "vm733-to-350",
                    $"seed={seed}",
                    "nettest.bytes=20KiB",
                    $"sender.vm.network={network}",
                    $"sender.keyboard.typing={(keys == 0 ? "off" : "typist")}",
                    $"sender.keyboard.keys={Math.Max(keys, 1)}",
                    "sender.keyboard.hold=3 ms",
                    $"sender.keyboard.interval={intervalMs} ms",
                    $"sender.competing.processes={processes}",
                    $"sender.competing.kind={kind}",
                    $"sender.competing.nice={nice}",
                    "sender.competing.burst=2 ms",
                    "sender.competing.pause=5 ms",
                    "receiver.competing.processes=1",
                    $"receiver.competing.kind={Kinds[1]}",
                    "receiver.competing.burst=1 ms",
                    $"jitter={jitter} %",
                    $"cable.loss={lossPercent} %",
                    $"cable.delay={(immediate ? "0" : "500 ns")}");
                var (sender, receiver, failure) = Experiment.OnOneTimeline(settings);
                Assert.Null(failure);
                Assert.Equal(20 << 10, sender.BytesDelivered + receiver.BytesDelivered);
                Assert.NotEqual(false, sender.PayloadVerified);
                Assert.NotEqual(false, receiver.PayloadVerified);
                Assert.Equal(sender.VirtualNs, sender.Node.Ledger.Sum(row => row.TimeNs));
                if (sender.Node.Keyboard is { } keyboard)
                    Assert.Equal((0, true), (keyboard.Lost, keyboard.InOrder));

                var two = await Experiment.OnTwoTimelinesAsync(settings);
                Assert.Null(two.Sender.Failure);
                Assert.Equal(sender.ToJson(), two.Sender.DeterministicJson);
                Assert.Equal(receiver.ToJson(), two.Receiver.DeterministicJson);
            },
            iter: 6);
}
