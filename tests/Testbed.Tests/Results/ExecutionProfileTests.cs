using CsCheck;
using Testbed.Node.Results;

namespace Testbed.Tests.Results;

public class ExecutionProfileTests
{
    private static readonly string[] Categories =
    [
        "port-access-to-vmapp", "world-switch-port-access", "world-switch-interrupt", "iret", "transition", "guest-refill", "guest-new",
        "vmapp-lance-status", "vmapp-lance-transmit", "vmnet-transmit", "vmnet-receive", "interrupt", "timer-tick", "vmapp-select", "unheard-of",
        "interrupt-while-guest-idle", "lance-data-port", "page-table-switch", "monitor-driver-transmit", "vmapp-vmxnet-transmit",
    ];

    private static readonly Gen<CpuRow> Row =
        Gen.Select(Gen.Bool, Gen.Int[0, Categories.Length - 1], Gen.Long[0, 20_000_000_000], Gen.Long[0, 1_000_000])
            .Select((host, category, timeNs, count) => CpuRow.Of(host ? "host" : "vmm", Categories[category], timeNs, count, 20_000_000_000));

    [Fact]
    public void Each_column_sums_to_its_time_to_the_nanosecond_whatever_the_ledger_holds() =>
        Gen.Select(Row.Array[0, 20], Gen.Long[0, 20_000_000_000]).Sample((rows, idleNs) =>
        {
            CpuRow[] cpu = [.. rows.DistinctBy(row => (row.World, row.Category)), CpuRow.Of(null, "idle", idleNs, 1, 20_000_000_000)];
            var profile = ExecutionProfile.Of(cpu);
            Assert.Equal(cpu.Sum(row => row.TimeUs), profile.Where(row => row.Column == "total").Sum(row => row.TimeUs));
            Assert.Equal(
                cpu.Where(row => row.World == "vmm").Sum(row => row.TimeUs), profile.Where(row => row.Column == "vmm").Sum(row => row.TimeUs));
        });

    [Fact]
    public void Each_column_of_the_optimized_profile_sums_to_its_time_the_idle_time_being_the_VMM_s() =>
        Gen.Select(Row.Array[0, 20], Gen.Long[0, 20_000_000_000]).Sample((rows, idleNs) =>
        {
            CpuRow[] cpu = [.. rows.DistinctBy(row => (row.World, row.Category)), CpuRow.Of(null, "idle", idleNs, 1, 20_000_000_000)];
            var profile = OptimizedProfile.Of(cpu);
            Assert.Equal(cpu.Sum(row => row.TimeUs), profile.Where(row => row.Column == OptimizedProfile.Total).Sum(row => row.TimeUs));
            Assert.Equal(
                cpu.Where(row => row.World != "host").Sum(row => row.TimeUs), profile.Where(row => row.Column == OptimizedProfile.Vmm).Sum(row => row.TimeUs));
            Assert.Equal(idleNs / 1000m, profile.Single(row => row.Name == "Guest idle").TimeUs);
        });

    [Fact]
    public void The_paper_s_averages_come_of_the_parts_that_it_means()
    {
        Assert.Equal(7.45m, Named("vmm", "IN/OUTs requiring a switch to VMApp").AverageUs);
        Assert.Equal(13.8m, Named("total", "Transmitting via VMNet").AverageUs);
        Assert.Equal(3.1m, Math.Round(Named("total", "Emulating the Lance status register").AverageUs!.Value, 4));
        Assert.Equal(5.2m, Math.Round(Named("total", "Emulating the Lance transmit path").AverageUs!.Value, 4));
        Assert.Equal(1.8m, Named("total", "Receiving via VMNet").AverageUs);
        Assert.Equal(1.36m, Named("vmm", "IN/OUTs handled in the VMM").AverageUs);
        Assert.Equal(0.74m, Named("vmm", "IN/OUTs to the Lance address port").AverageUs);
        Assert.Equal(3.93m, Named("vmm", "Virtualizing IRET").AverageUs);
    }

    [Fact]
    public void A_switch_that_does_not_divide_evenly_loses_no_nanosecond()
    {
        var profile = ExecutionProfile.Of(
        [
            CpuRow.Of("host", "world-switch-port-access", 100, 6, 100),
            CpuRow.Of("host", "vmapp-lance-status", 0, 2, 100),
            CpuRow.Of("host", "vmapp-lance-transmit", 0, 1, 100),
        ]);
        Assert.Equal(0.066m, profile.Single(row => row.Name == "Emulating the Lance status register").TimeUs);
        Assert.Equal(0.034m, profile.Single(row => row.Name == "Emulating the Lance transmit path").TimeUs);
    }

    [Fact]
    public void Shares_are_of_the_column_s_time()
    {
        Assert.InRange(SampleVm.Vm.Profile.Where(row => row.Column == "total").Sum(row => row.Percent), 99.999m, 100.001m);
        Assert.InRange(SampleVm.Vm.Profile.Where(row => row.Column == "vmm").Sum(row => row.Percent), 99.999m, 100.001m);
        Assert.Equal(0.0005m, Named("total", "Idle").Percent);
    }

    [Fact]
    public void What_other_is_made_of_is_said()
    {
        Assert.Equal(
            ["world-switch-interrupt", "driver-transmit", "vmapp-select", "system-call"],
            Named("total", "Other").Parts!.Select(part => part.Category));
        Assert.Equal(["world-switch-interrupt", "host-interrupt", "page-table-switch"], Named("vmm", "Other").Parts!.Select(part => part.Category));
        Assert.Equal(Named("vmm", "Other").TimeUs, Named("vmm", "Other").Parts!.Sum(part => part.TimeUs));
    }

    [Fact]
    public void No_average_is_given_where_an_occurrence_means_nothing_or_there_was_none()
    {
        foreach (var name in (string[])["VMM", "Other", "Idle"])
            Assert.Null(Named("total", name).AverageUs);
        Assert.All(ExecutionProfile.Of([CpuRow.Of(null, "idle", 10, 1, 10)]), row => Assert.Null(row.AverageUs));
    }

    private static ProfileRow Named(string column, string name) =>
        SampleVm.Vm.Profile.Single(row => row.Column == column && row.Name == name);
}
