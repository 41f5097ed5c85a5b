namespace Testbed.Runner.CommandLine;

/// <summary>What the program's end tells a script.</summary>
public static class ExitCode
{
    /// <summary>The experiment ran to its end.</summary>
    public const int Success = 0;

    /// <summary>A run failed, or was ended early.</summary>
    public const int FailedRun = 1;

    /// <summary>A person's mistake, told in one line.</summary>
    public const int Mistake = 2;

    /// <summary>A defect of the testbed; a stack trace tells where.</summary>
    public const int Defect = 3;
}
