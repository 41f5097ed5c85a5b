namespace Testbed.Runner.Chaos;

/// <summary>How a run under a random plan ended.</summary>
internal enum ChaosOutcome
{
    /// <summary>The experiment came to its end.</summary>
    Completed,

    /// <summary>It did, and the program got other bytes than were sent, as the plan can bring about.</summary>
    Corrupted,

    /// <summary>It came to the limit of virtual time: the plan has put an end to something that it needs.</summary>
    Limit,

    /// <summary>A program gave up, as on a connection that has timed out.</summary>
    GaveUp,

    /// <summary>It did not come to its end, and the plan is no reason for that: its faults are over early, and struck nothing but frames.</summary>
    Stuck,

    /// <summary>An invariant did not hold.</summary>
    Violated,

    /// <summary>The program itself failed.</summary>
    Defect,

    /// <summary>In two processes it was another run than in one.</summary>
    Differs,
}
