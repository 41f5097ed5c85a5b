using Testbed.Node.Time;
using Testbed.Node.Vmm;

namespace Testbed.Tests.Vmm;

public sealed class SendCombiningTests
{
    private readonly SendCombining _combining = new(new(QueueLimit: 3, Threshold: 1_000, Duration.FromMilliseconds(10)));

    [Fact]
    public void No_packet_waits_while_switches_are_rare() => Assert.False(_combining.MayWait(0, Instant.Zero));

    [Fact]
    public void Two_packets_wait_while_switches_are_frequent_and_the_third_does_not()
    {
        for (var i = 0; i < 20; i++)
            _combining.CountSwitch(Instant.Zero);
        Assert.True(_combining.MayWait(0, Instant.Zero));
        Assert.True(_combining.MayWait(1, Instant.Zero));
        Assert.False(_combining.MayWait(2, Instant.Zero));
        Assert.True(_combining.Fills(2));
        Assert.False(_combining.Fills(1));
    }
}
