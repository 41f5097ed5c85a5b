namespace Testbed.Runner.Validation;

/// <summary>What a modelled figure is beside a published one.</summary>
internal enum Verdict
{
    /// <summary>Shown, and not judged: a count is what the mechanism makes it.</summary>
    Shown,

    /// <summary>Within its tolerance.</summary>
    Holds,

    /// <summary>Not within it, because the published figures contradict each other or the mechanism's counts; a note says by how much.</summary>
    Contradiction,

    /// <summary>Not within it.</summary>
    Off,
}
