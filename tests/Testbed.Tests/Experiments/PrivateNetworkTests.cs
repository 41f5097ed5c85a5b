using Testbed.Node.Configuration;
using Testbed.Node.Results;

namespace Testbed.Tests.Experiments;

public sealed class PrivateNetworkTests
{
    [Fact]
    public void A_guest_on_a_host_only_network_talks_to_its_own_host_and_nothing_reaches_the_wire()
    {
        var (sender, receiver) = Run("hostonly-vm733", "nettest.bytes=1MiB");
        Assert.Equal((1L << 20, true), (sender.BytesDelivered, sender.PayloadVerified));
        Assert.Equal((0L, 0L), (sender.Node.Nic["framesSent"], receiver.Node.Nic["framesReceived"]));
        Assert.Equal(0, sender.Cable["frames"]);
        var vm = sender.Node.Vm!;
        Assert.Equal(sender.Node.Tcp["segmentsSent"] + 1, vm.Counters["vmnetFramesSent"]);
        Assert.Equal(sender.Node.Tcp["segmentsReceived"] + 1, vm.Counters["lanceFramesReceived"]);
        Assert.Equal(["vmapp", "program"], sender.Node.Processes!.Select(process => process.Name));
        Assert.Equal(vm.Counters["lanceFramesReceived"], vm.Reception.Totals.Single(total => total.Name == "toGuest").Count);
    }

    [Fact]
    public void The_host_answers_an_echo_on_the_private_network()
    {
        var (sender, _) = Run("hostonly-vm733", "program=ping", "ping.count=20");
        Assert.Equal((20L, 20L), (sender.Ping!.Sent, sender.Ping.Received));
        Assert.Equal(0, sender.Cable["frames"]);
    }

    [Fact]
    public void A_masqueraded_guest_s_every_byte_arrives_by_one_flow()
    {
        var (sender, receiver) = Run("nat-vm733-to-350", "nettest.bytes=1MiB");
        Assert.Equal((1L << 20, true), (receiver.BytesDelivered, receiver.PayloadVerified));
        var nat = sender.Node.Nat!;
        Assert.Equal(
            (1L, 1L, 0L, sender.Node.Tcp["segmentsSent"], sender.Node.Tcp["segmentsReceived"]),
            (nat.Flows, nat.Counters["flowsOpened"], nat.Counters["refusedFull"], nat.Counters["translatedOut"], nat.Counters["translatedIn"]));
        Assert.Equal(0, receiver.Node.Tcp["checksumErrors"]);
        Assert.Equal(nat.Counters["translatedOut"] + nat.Counters["translatedIn"], sender.Node.Ledger.Single(row => row.Category == "masquerade").Count);
    }

    [Fact]
    public void Flows_expire_in_virtual_time_and_new_ones_take_their_place()
    {
        // A request every two ticks, each forgotten after half a tick.
        var (sender, _) = Run("nat-vm733-to-350", "program=ping", "ping.count=10", "nat.icmp=5 ms", "nat.flows=1");
        Assert.Equal(10, sender.Ping!.Received);
        var nat = sender.Node.Nat!.Counters;
        Assert.Equal((10L, 1L, 0L), (nat["flowsOpened"], nat["mostFlows"], nat["refusedFull"]));
        Assert.InRange(nat["flowsExpired"], 9, 10);
    }

    [Fact]
    public void Losses_on_the_wire_are_made_good_through_the_translation()
    {
        var (_, receiver) = Run("nat-vm733-to-350", "nettest.bytes=300KiB", "cable.loss=0.02");
        Assert.Equal((300L << 10, true), (receiver.BytesDelivered, receiver.PayloadVerified));
    }

    [Theory]
    [InlineData("pcs.pc-733.vm.private-network.address=192.168.1.200", "is not on the private network")]
    [InlineData("pcs.pc-733.vm.private-network.address=192.168.73.1", "is the host's too")]
    [InlineData("nat.last-port=60000", "is below first-port")]
    [InlineData("receiver.vm.network=nat", "keeps the receiver's guest where the sender cannot reach it")]
    public void A_network_that_cannot_be_is_refused(string set, string problem)
    {
        var mistake = Assert.Throws<ConfigurationException>(
            () => Experiment.Settings("nat-vm733-to-350", "receiver.system=workstation-2.0", set));
        Assert.Contains(problem, mistake.Message, StringComparison.Ordinal);
    }

    private static (PcReport Sender, PcReport Receiver) Run(string name, params string[] sets)
    {
        var (sender, receiver, failure) = Experiment.OnOneTimeline(Experiment.Settings(name, sets));
        Assert.Null(failure);
        foreach (var pc in new[] { sender, receiver })
            Assert.Equal(pc.VirtualNs, pc.Node.Ledger.Sum(row => row.TimeNs));
        return (sender, receiver);
    }
}
