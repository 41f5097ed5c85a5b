namespace Testbed.Runner.Chaos;

/// <summary>What a random fault may say of when it strikes.</summary>
internal enum FaultTimes
{
    /// <summary>Everything.</summary>
    Any,

    /// <summary>All but how often and how likely, of which it has rules of its own.</summary>
    OwnChance,

    /// <summary>A window, and no more.</summary>
    Window,
}
