using Testbed.Runner.Validation;

namespace Testbed.Runner.CommandLine;

/// <summary>A validation as it was asked for on the command line.</summary>
/// <param name="Settings">What is to be run.</param>
/// <param name="Markdown">Print a page in place of the terminal's text.</param>
/// <param name="Config">The configuration folder, or null for the default.</param>
internal sealed record ValidateRequest(ValidationSettings Settings, bool Markdown, string? Config);
