using Testbed.Runner.Studies;

namespace Testbed.Tests.Runner.Studies;

public sealed class EstimateTests
{
    [Fact]
    public void The_interval_is_students_t_with_one_degree_of_freedom_less_than_runs()
    {
        // t for 95 % and 4 degrees of freedom, from a table: 2.776.
        var estimate = Estimate.Of([1, 2, 3, 4, 5])!;
        Assert.Equal(3, estimate.Mean);
        Assert.Equal(Math.Sqrt(2.5), estimate.Deviation, 12);
        Assert.Equal(2.776 * Math.Sqrt(2.5) / Math.Sqrt(5), estimate.Interval, 3);
    }

    [Fact]
    public void One_run_has_no_interval_and_none_no_estimate()
    {
        Assert.Equal(new Estimate(4, 0, 0, 1), Estimate.Of([4]));
        Assert.Null(Estimate.Of([]));
    }
}
