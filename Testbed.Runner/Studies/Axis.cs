namespace Testbed.Runner.Studies;

/// <summary>What a study varies: a number of points, crossed with those of the other axes.</summary>
/// <param name="Name">Its name in the study's file.</param>
internal abstract record Axis(string Name)
{
    /// <summary>How many points it has, at most.</summary>
    public abstract long Count { get; }

    /// <summary>Its columns in the table.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>The keys that it sets; a scaled axis sets costs.</summary>
    public abstract IReadOnlyList<string> Keys { get; }
}

/// <summary>An axis whose points the file lists: the n-th value of each key goes with the n-th of the others.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Keys">Its keys.</param>
/// <param name="Points">The points.</param>
internal sealed record ListedAxis(string Name, IReadOnlyList<string> Columns, IReadOnlyList<string> Keys, IReadOnlyList<AxisPoint> Points) : Axis(Name)
{
    /// <inheritdoc/>
    public override long Count => Points.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Columns { get; } = Columns;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = Keys;
}
