namespace Testbed.Runner.CommandLine;

/// <summary>Where the program's words go.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Progress and errors.</param>
/// <param name="LiveError">Whether <paramref name="Error"/> is a terminal on which a line can be redrawn.</param>
/// <param name="Colour">Whether <paramref name="Out"/> is a terminal that may be written to in colour.</param>
/// <param name="Width">Columns of <paramref name="Out"/>.</param>
public sealed record Surroundings(TextWriter Out, TextWriter Error, bool LiveError, bool Colour, int Width)
{
    private const int CustomaryWidth = 80;
    private const int WidestReadable = 120;

    /// <summary>The process's own.</summary>
    public static Surroundings OfProcess()
    {
        var dumb = Environment.GetEnvironmentVariable("TERM") is null or "dumb";
        return new(
            Console.Out,
            Console.Error,
            LiveError: !Console.IsErrorRedirected && !dumb,
            Colour: !Console.IsOutputRedirected && !dumb && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            Width: Console.IsOutputRedirected ? CustomaryWidth : Math.Clamp(Console.WindowWidth, 40, WidestReadable));
    }
}
