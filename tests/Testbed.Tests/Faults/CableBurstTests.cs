using Testbed.Node.Faults;

namespace Testbed.Tests.Faults;

/// <summary>Losses in bursts, against what is known of a chain of two states.</summary>
public sealed class CableBurstTests : CableFaultFixture
{
    private const int Frames = 200_000;

    [Theory]
    [InlineData(0.01, 0.2, 0, 1)]
    [InlineData(0.02, 0.5, 0.01, 0.8)]
    [InlineData(0.3, 0.3, 0.1, 0.4)]
    public void The_share_of_losses_is_the_stationary_one(double goodToBad, double badToGood, double lossGood, double lossBad)
    {
        Open(
            "x.target=cable", "x.effect=burst-loss", $"x.good-to-bad={goodToBad}", $"x.bad-to-good={badToGood}", $"x.loss-good={lossGood}", $"x.loss-bad={lossBad}");
        SendMany(Frames);
        Timeline.Run();
        var bad = goodToBad / (goodToBad + badToGood);
        var share = (bad * lossBad) + ((1 - bad) * lossGood);

        // Losses are correlated through the state, whose correlation falls by this much from frame to frame: of the variance, the state's part grows accordingly.
        var memory = 1 - goodToBad - badToGood;
        var byState = bad * (1 - bad) * (lossBad - lossGood) * (lossBad - lossGood);
        var deviation = Math.Sqrt(((share * (1 - share)) + (byState * 2 * memory / (1 - memory))) / Frames);
        Assert.InRange((double)Counters.Dropped / Frames, share - (4 * deviation), share + (4 * deviation));
        Assert.Equal((Frames, Counters.Dropped), (Account.Matches, Account.Strikes));
    }

    [Fact]
    public void A_burst_lasts_as_long_as_the_bad_state()
    {
        Open("x.target=cable", "x.effect=burst-loss", "x.good-to-bad=1 %", "x.bad-to-good=20 %");
        SendMany(Frames);
        Timeline.Run();
        var bursts = Bursts([.. Announced.Select(arrived => arrived.Number)]);

        // Geometric: mean 1/p = 5, variance (1 − p)/p² = 20.
        Assert.InRange(bursts.Count, 1_500, 2_300);
        var deviation = Math.Sqrt(20.0 / bursts.Count);
        Assert.InRange(bursts.Average(), 5 - (4 * deviation), 5 + (4 * deviation));
        Assert.InRange((double)bursts.Count(length => length == 1) / bursts.Count, 0.2 - 0.04, 0.2 + 0.04);
    }

    [Fact]
    public void Each_direction_has_a_chain_of_its_own()
    {
        string[] plan = ["x.target=cable", "x.effect=burst-loss", "x.good-to-bad=10 %", "x.bad-to-good=20 %"];
        var settings = Settings(plan);
        var there = Losses("pc-733", isSender: true);
        Assert.NotEqual(there, Losses("pc-350", isSender: false));
        Assert.NotEmpty(there);

        List<int> Losses(string pc, bool isSender)
        {
            var lost = new List<int>();
            var faults = new PcFaults(Timeline.AddLane(pc), settings.Faults!, seed: 1, isSender).OfFrames(settings.Cable)!;
            for (var i = 0; i < 1_000; i++)
            {
                var arrives = false;
                faults.Pass(new byte[64], At(i), (_, _) => arrives = true);
                if (!arrives)
                    lost.Add(i);
            }

            return lost;
        }
    }

    [Fact]
    public void Outside_its_window_nothing_is_lost_and_the_chain_stands_still()
    {
        Open("x.target=cable", "x.effect=burst-loss", "x.good-to-bad=100 %", "x.bad-to-good=100 %", "x.from=10 us", "x.until=30 us");
        SendMany(8);
        Timeline.Run();

        // The frames of 13.44, 20.16 and 26.88 µs are in it: bad, good and bad.
        Assert.Equal([0, 1, 3, 5, 6, 7], Arrivals.Select(arrived => arrived.Number));
    }

    private static List<int> Bursts(HashSet<int> arrived)
    {
        var bursts = new List<int>();
        var length = 0;
        for (var i = 0; i <= Frames; i++)
        {
            if (i < Frames && !arrived.Contains(i))
                length++;
            else if (length > 0)
                (length, _) = (0, Add(length));
        }

        return bursts;

        bool Add(int burst)
        {
            bursts.Add(burst);
            return true;
        }
    }
}
