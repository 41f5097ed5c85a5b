namespace Testbed.Node.Remoting;

/// <summary>
/// How long a peer has said nothing, by the wall clock, as far as this process was there to hear it: time in which it was itself stopped (by a
/// signal, with a machine that slept) counts for no more than one look. It only ever decides when to give up, and what to say meanwhile.
/// </summary>
/// <param name="limit">When to give up.</param>
/// <param name="clock">The wall clock; null for the system's.</param>
public sealed class PeerSilence(TimeSpan limit, TimeProvider? clock = null)
{
    /// <summary>How often it wants <see cref="Look"/>; peers say something at least as often.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>So much longer a node waits than its runner, which sees more and says it better: it is to give up first.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    // Two looks without a word: one may have come just before a word that was due.
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(3);

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private long _looked = (clock ?? TimeProvider.System).GetTimestamp();

    /// <summary>How long it lasts, to within <see cref="LookInterval"/>.</summary>
    public TimeSpan Length { get; private set; }

    /// <summary>Whether it is longer than what is usual.</summary>
    public bool IsNoticeable => Length >= Noticeable;

    /// <summary>Whether it has reached the limit.</summary>
    public bool IsTooLong => Length + (LookInterval / 2) >= limit;

    /// <summary>When to give up: after the wait that was asked for, but not before 3 s, since healthy peers speak once a second.</summary>
    public static TimeSpan LimitFor(TimeSpan wait) => wait > Least ? wait : Least;

    /// <summary>The peer has said something.</summary>
    public void Heard() => Length = TimeSpan.Zero;

    /// <summary>Lets time pass.</summary>
    public void Look()
    {
        var now = _clock.GetTimestamp();
        var passed = _clock.GetElapsedTime(_looked, now);
        _looked = now;
        Length += passed < LookInterval ? passed : LookInterval;
    }
}
