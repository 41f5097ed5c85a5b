using System.CommandLine;
using System.Globalization;
using Testbed.Node.Configuration;
using Testbed.Node.Remoting;

namespace Testbed.Runner.CommandLine;

/// <summary>The program <c>testbed</c>: its commands, its options, and what becomes of errors.</summary>
/// <param name="surroundings">Where its words go.</param>
/// <param name="modes">Makes the way to run.</param>
/// <param name="validators">What checks an experiment's settings.</param>
public sealed class TestbedCli(Surroundings surroundings, RunModeFactory modes, IReadOnlyList<Action<SettingsReader>> validators)
{
    private const int MostRuns = 10_000;

    private readonly Option<string?> _config = new("--config")
    {
        Description = $"The configuration folder. Otherwise that of {ExperimentCatalog.FolderVariable}, or the one beside the program.",
        HelpName = "DIR",
        Recursive = true,
    };

    private readonly Argument<string> _experiment = new("EXPERIMENT") { Description = "Its name, as \"testbed list\" prints it." };

    private readonly Argument<string> _run = new("RUN") { Description = "A run's folder, or its result.json." };

    private readonly Option<string> _runs = new("--runs")
    {
        Description = "Seeds for each reading of the paper.",
        HelpName = "N",
        DefaultValueFactory = _ => "30",
    };

    private readonly Option<string> _firstSeed = new("--seed")
    {
        Description = "The first seed.",
        HelpName = "S",
        DefaultValueFactory = _ => "1",
    };

    private readonly Option<bool> _markdown = new("--markdown") { Description = "Print the page docs/validation.md." };

    private readonly Option<bool> _inProcess = new("--in-process")
    {
        Description = "Run both PCs in this process. The result is the same to the byte, and there much sooner.",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Set a key of the experiment, such as cable.delay=1us. May be given again; the later is the stronger.",
        HelpName = "KEY=VALUE",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _seed = new("--seed")
    {
        Description = "The seed of all randomness, as --set seed=N.",
        HelpName = "N",
    };

    private readonly Option<string?> _faults = new("--faults")
    {
        Description = "Add a plan of faults: its name, as \"testbed list\" prints it, or a file.",
        HelpName = "PLAN",
    };

    private readonly Option<string?> _out = new("--out")
    {
        Description = "The run's folder; an earlier result in it is replaced. Otherwise runs/EXPERIMENT-SEED-TIME.",
        HelpName = "DIR",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print result.json and nothing else to standard output." };

    private readonly Option<bool> _quiet = new("--quiet") { Description = "Show no progress." };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Print the experiment as it would run, every key with its value, and run nothing.",
    };

    private readonly RecordingOptions _recording = new();

    private readonly Option<string[]> _node = new("--node")
    {
        Description = "Run a PC on a node that is already started there. Give one for each of the experiment's PCs.",
        HelpName = "PC=HOST:PORT",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _wait = new("--wait")
    {
        Description = "How long a node may take to appear, and may be silent in mid-run. Default: 30 s",
        HelpName = "TIME",
    };

    private readonly Option<string?> _bind = new("--bind")
    {
        Description = "Where this program listens for the nodes' answers. Default: the local address that routes to them, any port",
        HelpName = "HOST:PORT",
    };

    private readonly Option<string?> _public = new("--public")
    {
        Description = "Where the nodes reach this program, if not at --bind: behind a relay or a NAT",
        HelpName = "HOST:PORT",
    };

    private readonly Option<string?> _transport = new("--transport")
    {
        Description = $"How messages travel between the processes: {string.Join(", ", TransportKinds.Names)}. Default: the fastest on one machine; cable-tcp with --node.",
        HelpName = "NAME",
    };

    /// <summary>Runs the program.</summary>
    /// <param name="args">Its arguments.</param>
    /// <param name="cancel">Ends a run early, its partial result kept.</param>
    /// <returns>The <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancel)
    {
        try
        {
            // No response files: an "@" in a value is an "@".
            var parsed = Root().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Errors.Count > 0 && parsed.Action is not (System.CommandLine.Help.HelpAction or null) && !AsksForHelp(args))
                return Refuse(parsed);
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = surroundings.Out,
                    Error = surroundings.Error,
                    EnableDefaultExceptionHandler = false,
                    // Interruptions are the program's own business: a partial result has to be written, however long it takes.
                    ProcessTerminationTimeout = null,
                },
                cancel);
        }
        catch (Exception e) when (e is ConfigurationException or FormatException or RemotingException)
        {
            return Say(e.Message, ExitCode.Mistake);
        }
        catch (IOException e)
        {
            // Standard output, where it is a file on a full disk or a pipe that nobody reads.
            return Say(e.Message, ExitCode.FailedRun);
        }
        catch (Exception e)
        {
            return Say($"this is a defect of the testbed; please report it with what follows.\n{e}", ExitCode.Defect);
        }
    }

    private RootCommand Root()
    {
        var run = new Command("run", "Run an experiment: print a summary and write its folder.")
        {
            _experiment, _inProcess, _set, _faults, _seed, _out, _json, _quiet, _dryRun, _node, _wait, _bind, _public, _transport,
        };
        _recording.AddTo(run);
        run.SetAction((parsed, cancel) => new RunCommand(surroundings, modes, validators).ExecuteAsync(Request(parsed), cancel));
        var list = new Command("list", "List the experiments, one a line, and the systems that a program can run on.");
        list.SetAction(parsed => ListCommand.Execute(surroundings, ExperimentCatalog.Open(parsed.GetValue(_config))));
        var explain = new Command("explain", "Show where the time of a run went and what one packet's life was.") { _run };
        explain.SetAction(parsed => ExplainCommand.Execute(surroundings, parsed.GetRequiredValue(_run)));
        var compare = CompareCommand.Make(surroundings);
        var validate = new Command("validate", "Run the paper's baseline over many seeds and compare with what was published.")
        {
            _runs, _firstSeed, _markdown, _set,
        };
        validate.SetAction((parsed, cancel) => new ValidateCommand(surroundings, modes, validators).ExecuteAsync(Validation(parsed), cancel));
        var sweep = SweepCommand.Make(surroundings, modes, validators, _config);
        var report = ReportCommand.Make(surroundings);
        var chaos = ChaosCommand.Make(surroundings, modes, validators, _config);
        var root = new RootCommand(
            """
            Two PCs of 2001 and the cable between them, simulated in virtual time.

            Examples:
              testbed list
              testbed run native-733-to-350
              testbed run native-733-to-350 --in-process --set nettest.chunk=512 --seed 7
              testbed explain runs/native-733-to-350-1-20240506T070809Z
              testbed run vm733-to-350 --in-process --pcap --trace --from 200ms --for 20ms
              testbed compare runs/one runs/other
              testbed run ping --set cable.delay=5us --dry-run
              testbed sweep throughput-vs-chunk
              testbed report studies/throughput-vs-chunk
              testbed chaos vm733-to-350 --runs 20

            Exit codes: 0 success, 1 failed or ended run or validation, 2 mistake in what was asked, 3 defect of the program.
            """)
        {
            _config, run, explain, compare, sweep, chaos, report, validate, list,
        };
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        return root;
    }

    private RunRequest Request(ParseResult parsed) => new(
        parsed.GetRequiredValue(_experiment),
        new(
            parsed.GetValue(_inProcess),
            parsed.GetValue(_node) ?? [],
            parsed.GetValue(_wait),
            parsed.GetValue(_bind),
            parsed.GetValue(_public),
            parsed.GetValue(_transport),
            _recording.Read(parsed)),
        parsed.GetValue(_set) ?? [],
        parsed.GetValue(_seed),
        parsed.GetValue(_out),
        parsed.GetValue(_json),
        parsed.GetValue(_quiet),
        parsed.GetValue(_dryRun),
        parsed.GetValue(_config),
        parsed.GetValue(_faults));

    private ValidateRequest Validation(ParseResult parsed) => new(
        new(
            (int)Number("--runs", parsed.GetRequiredValue(_runs), 1, MostRuns),
            Number("--seed", parsed.GetRequiredValue(_firstSeed), 0, long.MaxValue - MostRuns),
            parsed.GetValue(_set) ?? []),
        parsed.GetValue(_markdown),
        parsed.GetValue(_config));

    /// <summary>An option's whole number.</summary>
    internal static long Number(string option, string text, long least, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new FormatException($"{option} {ConfigurationException.Shown(text)}: expected a whole number from {least} to {most}");

    private static bool AsksForHelp(IReadOnlyList<string> args) => args.Any(a => a is "--help" or "-h" or "-?" or "--version");

    private int Refuse(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = command is RootCommand ? "testbed" : $"testbed {command.Name}";
        if (parsed.UnmatchedTokens.Count > 0)
        {
            var token = parsed.UnmatchedTokens[0];
            var isOption = token.StartsWith('-');
            var known = isOption
                ? command.Options.Concat(parsed.RootCommandResult.Command.Options).Select(o => o.Name)
                : command.Subcommands.Select(c => c.Name);
            var what = isOption ? "option" : command is RootCommand ? "command" : "argument";
            return Say($"{ConfigurationException.Shown(token)}: {path} knows no such {what}{NearestName.Hint(token, known)}", ExitCode.Mistake);
        }

        if (command is RootCommand)
            return Say("expected a command: run, explain, compare, sweep, chaos, report, validate or list (testbed --help tells more)", ExitCode.Mistake);
        if (parsed.GetResult(_experiment) is null or { Tokens.Count: 0 } && command.Arguments.Contains(_experiment))
            return Say("run: expected an experiment; testbed list prints their names", ExitCode.Mistake);
        if (parsed.GetResult(_run) is null or { Tokens.Count: 0 } && command.Arguments.Contains(_run))
            return Say("explain: expected a run's folder or its result.json", ExitCode.Mistake);
        if (command.Name == CompareCommand.Name)
            return Say("compare: expected two runs, each a run's folder or its result.json", ExitCode.Mistake);
        if (command.Name == SweepCommand.Name)
            return Say($"sweep: expected a study; there are {SweepCommand.Studies(parsed.GetValue(_config))}", ExitCode.Mistake);
        if (command.Name == ChaosCommand.Name && parsed.CommandResult.GetResult(command.Arguments[0]) is null or { Tokens.Count: 0 })
            return Say("chaos: expected an experiment; testbed list prints their names", ExitCode.Mistake);
        if (command.Name == ReportCommand.Name)
            return Say("report: expected a run's folder or a study's", ExitCode.Mistake);
        return Say($"{parsed.Errors[0].Message.TrimEnd('.')} ({path} --help tells more)", ExitCode.Mistake);
    }

    private int Say(string message, int exitCode)
    {
        surroundings.Error.WriteLine($"testbed: {message}");
        return exitCode;
    }
}
