namespace Testbed.Runner.Output;

/// <summary>Something under way: its words are its <see cref="object.ToString"/>.</summary>
internal interface IProgressSource
{
    /// <summary>The share done, 0 to 1; null when it is not known.</summary>
    double? Share { get; }
}
