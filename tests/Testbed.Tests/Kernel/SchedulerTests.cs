using CsCheck;
using Testbed.Node.Kernel;
using Testbed.Node.Time;

namespace Testbed.Tests.Kernel;

/// <summary>Linux 2.2's rules (kernel/sched.c) for ordinary processes on one processor.</summary>
public sealed class SchedulerTests
{
    private readonly Scheduler _scheduler = new();
    private bool _awake;

    [Fact]
    public void With_nobody_runnable_the_idle_task_is_next()
    {
        Assert.False(_scheduler.Next());
        Assert.Null(_scheduler.Current);
    }

    [Fact]
    public void Of_equals_the_one_that_has_become_runnable_last_is_next_and_keeps_its_turn()
    {
        var first = Add();
        var second = Add();
        Assert.True(_scheduler.Next());
        Assert.Same(second, _scheduler.Current);
        Assert.False(_scheduler.Next());
        Assert.NotSame(first, _scheduler.Current);
    }

    [Fact]
    public void A_tick_is_the_running_process_s_and_one_more_than_its_counter_ends_its_turn()
    {
        var other = Add();
        var running = Add();
        _scheduler.Next();
        for (var i = 0; i < Process.DefaultPriority; i++)
            _scheduler.Tick();
        Assert.Equal((0, Process.DefaultPriority), (running.Counter, other.Counter));
        Assert.False(_scheduler.NeedsReschedule);
        _scheduler.Tick();
        Assert.True(_scheduler.NeedsReschedule);
        Assert.Equal(0, running.Counter);
        Assert.True(_scheduler.Next());
        Assert.Same(other, _scheduler.Current);
        Assert.False(_scheduler.NeedsReschedule);
    }

    [Fact]
    public void When_all_have_used_up_their_time_everybody_gets_half_of_what_is_left_and_the_priority()
    {
        var sleeper = Add();
        _scheduler.Next();
        Sleep();
        var nice = Add(priority: 5);
        var running = Add();
        _scheduler.Next();
        UseUp(running);
        _scheduler.Next();
        Assert.Same(nice, _scheduler.Current);
        UseUp(nice);
        _scheduler.Next();
        Assert.Equal((20, 5, 30), (running.Counter, nice.Counter, sleeper.Counter));
        Assert.Same(running, _scheduler.Current);
    }

    [Fact]
    public void A_sleeper_s_counter_grows_to_nearly_twice_its_priority_and_no_further()
    {
        var sleeper = Add();
        _scheduler.Next();
        Sleep();
        var running = Add();
        _scheduler.Next();
        for (var i = 0; i < 10; i++)
        {
            UseUp(running);
            _scheduler.Next();
        }

        Assert.Equal((2 * Process.DefaultPriority) - 1, sleeper.Counter);
    }

    [Fact]
    public void A_woken_process_takes_the_place_of_a_worse_one_but_not_of_an_equal()
    {
        var sleeper = Add();
        _scheduler.Next();
        Sleep();
        var running = Add();
        _scheduler.Next();
        _awake = true;
        _scheduler.WakeUp();
        Assert.False(_scheduler.NeedsReschedule);
        _awake = false;
        running.Counter = 3;
        sleeper.Counter = 4;
        Resleep(sleeper, running);
        _awake = true;
        _scheduler.WakeUp();

        // 4 + 20 against 3 + 20 and the one more of having the processor: not better.
        Assert.False(_scheduler.NeedsReschedule);
        running.Counter = 2;
        Resleep(sleeper, running);
        _scheduler.WakeUp();
        Assert.True(_scheduler.NeedsReschedule);
        _scheduler.Next();
        Assert.Same(sleeper, _scheduler.Current);
    }

    [Fact]
    public void The_next_alarm_is_the_earliest_of_the_sleepers()
    {
        Add();
        Add();
        _scheduler.Next();
        _scheduler.Sleep(() => _awake, new Instant(20), () => { });
        _scheduler.Next();
        _scheduler.Sleep(() => false, new Instant(30), () => { });
        Assert.Equal(new Instant(20), _scheduler.NextAlarm);
        _awake = true;
        _scheduler.WakeUp();
        Assert.Equal(new Instant(30), _scheduler.NextAlarm);
    }

    [Fact]
    public void A_process_that_has_ended_is_never_next()
    {
        Add();
        var other = Add();
        _scheduler.Next();
        _scheduler.Exit();
        _scheduler.Next();
        Assert.NotSame(other, _scheduler.Current);
        _scheduler.Exit();
        _scheduler.Next();
        Assert.Null(_scheduler.Current);
        Assert.False(_scheduler.HasRunnable);
    }

    [Fact]
    public void Processes_that_only_compute_get_the_processor_by_their_priorities() =>
        Gen.Int[1, 40].Array[2, 5].Sample(priorities =>
        {
            var scheduler = new Scheduler();
            var ticks = new Dictionary<Process, int>();
            var processes = priorities.Select(priority => new Process(ModelRef.Nobody, priority)).ToArray();
            foreach (var process in processes)
            {
                scheduler.Add(process);
                ticks[process] = 0;
            }

            scheduler.Next();
            const int Rounds = 50;
            var all = Rounds * processes.Sum(process => process.Priority + 1);
            for (var i = 0; i < all; i++)
            {
                ticks[scheduler.Current!]++;
                scheduler.Tick();
                if (scheduler.NeedsReschedule)
                    scheduler.Next();
            }

            // Each turn is the counter and the tick that finds it at zero; a round may be under way at the end.
            foreach (var process in processes)
                Assert.InRange(ticks[process], (Rounds - 1) * (process.Priority + 1), (Rounds + 1) * (process.Priority + 1));
        });

    private Process Add(int priority = Process.DefaultPriority)
    {
        var process = new Process(ModelRef.Nobody, priority);
        _scheduler.Add(process);
        return process;
    }

    private void Sleep()
    {
        _scheduler.Sleep(() => _awake, Instant.Never, () => { });
        _scheduler.Next();
    }

    private void UseUp(Process running)
    {
        Assert.Same(running, _scheduler.Current);
        while (!_scheduler.NeedsReschedule)
            _scheduler.Tick();
    }


    /// <summary>The woken process has its turn after all, and sleeps again, so that the other runs.</summary>
    private void Resleep(Process sleeper, Process running)
    {
        var (counter, others) = (sleeper.Counter, running.Counter);
        (sleeper.Counter, running.Counter) = (40, 1);
        _scheduler.Next();
        Assert.Same(sleeper, _scheduler.Current);
        _scheduler.Sleep(() => _awake, Instant.Never, () => { });
        _scheduler.Next();
        Assert.Same(running, _scheduler.Current);
        (sleeper.Counter, running.Counter) = (counter, others);
    }
}
