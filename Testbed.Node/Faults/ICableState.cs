namespace Testbed.Node.Faults;

/// <summary>An effect that is a state of the cable for a window of time, which is known beforehand: chance, counts and other faults have no part in it.</summary>
internal interface ICableState : IEffect
{
    /// <summary>What it is counted as, when the window begins.</summary>
    string CountedAs { get; }

    /// <summary>Whether a PC that the direction leads to hears nothing from it.</summary>
    bool SilencesLink { get; }
}
