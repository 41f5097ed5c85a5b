using Testbed.Node.Transport;

namespace Testbed.Tests.Transport;

public class LoopThreadTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_many_threads_post_is_done_on_one_in_each_ones_order(bool portable)
    {
        const int Threads = 4, Each = 5_000;
        var loop = LoopThread.Start(portable);
        var next = new int[Threads];
        var done = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Exception? wrong = null;

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                var number = i;
                loop.Post(() => Check(thread, number));

                // Now and then the loop is given the time to fall asleep.
                if (i % 500 == 0)
                    Thread.Yield();
            }
        })));
        await all.Task.WaitAsync(Peer.Patience);
        loop.Stop();

        Assert.Null(wrong);

        void Check(int thread, int number)
        {
            if (!loop.IsCurrent || next[thread]++ != number)
                wrong ??= new InvalidOperationException($"{number} of thread {thread} out of order");
            if (++done == Threads * Each)
                all.TrySetResult();
        }
    }

    [Fact]
    public async Task Turns_give_way_to_whatever_else_there_is()
    {
        var loop = LoopThread.Start();
        var order = new List<string>();
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() =>
        {
            loop.Request(() =>
            {
                order.Add("turn");
                loop.Post(() => order.Add("posted by the turn"));
                loop.Request(() =>
                {
                    order.Add("next turn");
                    end.SetResult();
                });
            });
            loop.Post(() => order.Add("posted after the request"));
        });

        await end.Task.WaitAsync(Peer.Patience);
        loop.Stop();

        Assert.Equal(["posted after the request", "turn", "posted by the turn", "next turn"], order);
    }

    [Fact]
    public async Task When_the_loop_is_over_what_is_posted_is_still_done()
    {
        var loop = LoopThread.Start();
        loop.Stop();
        var posted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var requested = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        loop.Post(posted.SetResult);
        loop.Request(requested.SetResult);

        await Task.WhenAll(posted.Task, requested.Task).WaitAsync(Peer.Patience);
    }
}
