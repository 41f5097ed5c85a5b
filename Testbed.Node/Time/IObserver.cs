namespace Testbed.Node.Time;

/// <summary>
/// Is told what happens in a world as it happens, and takes no part in it: a run with an observer is the same to the byte as one without.
/// Names are the model's own; what an observer makes of them is its business.
/// </summary>
public interface IObserver
{
    /// <summary>A stretch of time has gone to something; told when it is over, in the order of their beginnings.</summary>
    /// <param name="name">What it went to.</param>
    /// <param name="from">Its first instant.</param>
    /// <param name="to">The instant at which it was over; may be the first.</param>
    void Spent(string name, Instant from, Instant to);

    /// <summary>Something happens, now.</summary>
    /// <param name="name">What.</param>
    /// <param name="detail">What tells it from its like: a number, an amount.</param>
    void Happened(string name, long detail);

    /// <summary>A frame passes a point of its way, now: what is named has been done with it.</summary>
    /// <param name="name">The stretch of time that it took, or the point.</param>
    /// <param name="frame">The frame; valid during the call only.</param>
    void Passed(string name, ReadOnlyMemory<byte> frame);
}
