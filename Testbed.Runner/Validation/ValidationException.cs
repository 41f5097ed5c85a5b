namespace Testbed.Runner.Validation;

/// <summary>A run of a validation failed: there is nothing to compare.</summary>
internal sealed class ValidationException : Exception
{
    /// <summary>With which run it was and why, in one line, and the stack trace if it was a defect of this program.</summary>
    public ValidationException(string message, string? defect)
        : base(message) => Defect = defect;

    /// <summary>The stack trace if it was a defect, else null.</summary>
    public string? Defect { get; }
}
