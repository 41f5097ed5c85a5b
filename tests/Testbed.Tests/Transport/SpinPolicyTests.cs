using Testbed.Node.Transport;

namespace Testbed.Tests.Transport;

public class SpinPolicyTests
{
    private readonly SpinPolicy _policy = new();

    [Fact]
    public void It_spins_for_as_long_as_that_pays()
    {
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(_policy.ShouldSpin());
            _policy.Hit();
        }
    }

    [Fact]
    public void A_miss_now_and_then_does_not_stop_it()
    {
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(_policy.ShouldSpin());
            if (i % SpinPolicy.MostMisses == 0)
                _policy.Hit();
            else
                _policy.Miss();
        }
    }

    [Fact]
    public void Where_it_never_pays_next_to_nothing_is_spent_on_it()
    {
        const int Waits = 100_000;
        var spins = 0;
        for (var i = 0; i < Waits; i++)
        {
            if (!_policy.ShouldSpin())
                continue;
            spins++;
            _policy.Miss();
        }

        // Three, then after 16, 32, 64… waits up to 4096.
        Assert.InRange(spins, SpinPolicy.MostMisses, SpinPolicy.MostMisses + 9 + (Waits / SpinPolicy.MostPause));
    }

    [Fact]
    public void One_try_that_pays_starts_it_again()
    {
        Stop();
        var waits = 1;
        while (!_policy.ShouldSpin())
            waits++;
        Assert.Equal(SpinPolicy.LeastPause, waits);

        _policy.Hit();

        Assert.True(_policy.ShouldSpin());
        Stop();
        for (var i = 1; i < SpinPolicy.LeastPause; i++)
            Assert.False(_policy.ShouldSpin());
        Assert.True(_policy.ShouldSpin());
    }

    private void Stop()
    {
        for (var i = 0; i < SpinPolicy.MostMisses; i++)
        {
            Assert.True(_policy.ShouldSpin());
            _policy.Miss();
        }
    }
}
