using Testbed.Node.Hardware;

namespace Testbed.Tests.Hardware;

public sealed class Pic8259Tests
{
    private const int Timer = 0;
    private const int Nic = 11;
    private readonly InterruptPin _pin = new();
    private readonly Pic8259 _pic;

    public Pic8259Tests() => _pic = new Pic8259(_pin, levelTriggered: Nic);

    [Fact]
    public void The_line_of_the_highest_priority_is_acknowledged_first()
    {
        foreach (var line in new[] { 7, 3, 15, 8, 1, 0 })
            _pic.SetLine(line, high: true);
        var order = new List<int>();
        while (_pin.IsHigh)
        {
            var line = _pic.Acknowledge();
            order.Add(line);
            _pic.EndOfInterrupt(line);
        }

        Assert.Equal([0, 1, 8, 15, 3, 7], order);
    }

    [Fact]
    public void A_line_in_service_holds_back_itself_and_those_below_but_not_those_above()
    {
        _pic.SetLine(Nic, high: true);
        Assert.Equal(Nic, _pic.Acknowledge());
        _pic.SetLine(5, high: true);
        Assert.False(_pin.IsHigh);
        _pic.SetLine(Timer, high: true);
        Assert.True(_pin.IsHigh);
        Assert.Equal(Timer, _pic.Acknowledge());
    }

    [Fact]
    public void A_masked_line_waits()
    {
        _pic.SetMask(Nic, masked: true);
        _pic.SetLine(Nic, high: true);
        Assert.False(_pin.IsHigh);
        _pic.SetMask(Nic, masked: false);
        Assert.True(_pin.IsHigh);
    }

    [Fact]
    public void An_edge_triggered_line_requests_once_and_its_request_outlives_the_pulse()
    {
        _pic.SetLine(Timer, high: true);
        _pic.SetLine(Timer, high: false);
        Assert.Equal(Timer, _pic.Acknowledge());
        _pic.EndOfInterrupt(Timer);
        Assert.False(_pin.IsHigh);
    }

    [Fact]
    public void A_level_triggered_line_requests_for_as_long_as_it_is_high()
    {
        _pic.SetLine(Nic, high: true);
        Assert.Equal(Nic, _pic.Acknowledge());
        Assert.False(_pin.IsHigh);
        _pic.EndOfInterrupt(Nic);
        Assert.True(_pin.IsHigh);
        _pic.SetLine(Nic, high: false);
        Assert.False(_pin.IsHigh);
    }

    [Fact]
    public void A_request_that_has_gone_is_spurious()
    {
        _pic.SetLine(Nic, high: true);
        _pic.SetLine(Nic, high: false);
        Assert.Equal(-1, _pic.Acknowledge());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    [InlineData(16)]
    public void The_cascade_and_lines_that_do_not_exist_cannot_be_raised(int line) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _pic.SetLine(line, high: true));
}
