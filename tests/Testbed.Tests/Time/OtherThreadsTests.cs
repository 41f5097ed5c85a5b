using System.Diagnostics;
using Akka.Dispatch;
using Testbed.Node.Time;

namespace Testbed.Tests.Time;

/// <summary>What another thread wants done reaches the loop, whatever the moment.</summary>
public sealed class OtherThreadsTests
{
    private const int Rounds = 200_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void Nothing_that_is_added_stays_behind()
    {
        var others = new OtherThreads();
        var taken = 0;
        var givenUp = false;
        var adder = new Thread(() =>
        {
            // Each waits for the one before: what has got lost, no later one tells of.
            for (var n = 0; n < Rounds && !Volatile.Read(ref givenUp); n++)
            {
                others.Add(Nothing.Instance);
                while (Volatile.Read(ref taken) == n && !Volatile.Read(ref givenUp))
                    Thread.Yield();
            }
        });
        adder.Start();

        var since = Stopwatch.StartNew();
        while (taken < Rounds && since.Elapsed < Patience)
        {
            if (others.HasSome && others.TakeAll(_ => Volatile.Write(ref taken, taken + 1)))
                since.Restart();
            else
                Thread.Yield();
        }

        Volatile.Write(ref givenUp, true);
        adder.Join();
        Assert.Equal(Rounds, taken);
    }

    private sealed class Nothing : IRunnable
    {
        public static readonly Nothing Instance = new();

        public void Run()
        {
        }

        public void Execute()
        {
        }
    }
}
