using System.Diagnostics;
using Akka.Dispatch;
using Testbed.Node.Time;

namespace Testbed.Tests.Time;

/// <summary>What other threads want done reaches the loop, all of it and in order, whatever the moment.</summary>
public sealed class OtherThreadsTests
{
    private const int Adders = 2;
    private const int Each = 100_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void Nothing_is_lost_and_each_threads_order_is_kept()
    {
        var others = new OtherThreads();
        var next = new int[Adders];
        var outOfOrder = 0;
        var givenUp = false;
        var adders = Enumerable.Range(0, Adders).Select(adder => new Thread(() =>
        {
            for (var n = 0; n < Each; n++)
            {
                others.Add(new Run(adder, n));

                // The last of a few is the one that a lost word would leave behind: the next one would tell of it.
                while (n % 4 == 3 && Volatile.Read(ref next[adder]) <= n && !Volatile.Read(ref givenUp))
                    Thread.Yield();
            }
        })).ToList();
        adders.ForEach(adder => adder.Start());

        var limit = Stopwatch.StartNew();
        while (next.Sum() < Adders * Each)
        {
            if (others.HasSome)
                others.TakeAll(Take);
            else if (limit.Elapsed > Patience)
                break;
            else
                Thread.Yield();
        }

        Volatile.Write(ref givenUp, true);
        adders.ForEach(adder => adder.Join());
        Assert.Equal(Enumerable.Repeat(Each, Adders), next);
        Assert.Equal(0, outOfOrder);

        void Take(IRunnable run)
        {
            var (adder, n) = (Run)run;
            outOfOrder += n == next[adder] ? 0 : 1;
            Volatile.Write(ref next[adder], n + 1);
        }
    }

    private sealed record Run(int Adder, int Number) : IRunnable
    {
        void IRunnable.Run()
        {
        }

        public void Execute()
        {
        }
    }
}
