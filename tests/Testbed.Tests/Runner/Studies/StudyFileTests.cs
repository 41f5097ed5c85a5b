using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Runner.Studies;

namespace Testbed.Tests.Runner.Studies;

/// <summary>What a study's file says, and how one that makes no sense is refused: in one line, before anything runs.</summary>
public sealed class StudyFileTests
{
    private const string Head = "description = test\nexperiment = ping\n";
    private const string Loss = Head + "axes.a.cable.loss = [1 %, 2 %]\npictures.p { kind = lines, title = x, x = cable.loss, ";

    [Fact]
    public void Axes_are_crossed_and_the_first_varies_slowest()
    {
        var runs = Expand(Head + "axes {\n b.ping.count = [1, 2]\n a.ping.payload = [10, 20, 30]\n}");
        Assert.Equal(["1 10", "1 20", "1 30", "2 10", "2 20", "2 30"], runs.Select(Values));
        Assert.Equal(runs.Select(run => run.Id), runs.Select(run => run.Id).Order(StringComparer.Ordinal));
        Assert.All(runs, run => Assert.Equal(run.Cells.Select(cell => cell.Text), run.Cells.Select(cell => Resolved(run, cell.Column))));
    }

    [Fact]
    public void Keys_of_one_axis_go_in_step_and_a_single_value_goes_with_each_point()
    {
        var runs = Expand(Head + "axes.a { label = [few, many], ping.count = [1, 50], ping.interval = 20 ms }");
        Assert.Equal(["few 1 20 ms", "many 50 20 ms"], runs.Select(Values));
    }

    [Theory]
    [InlineData("{ from = 512, to = 65536, times = 2 }", "512 1024 2048 4096 8192 16384 32768 65536")]
    [InlineData("{ from = 1000, to = 3500, step = 1000 }", "1000 2000 3000")]
    public void A_range_goes_by_factors_or_by_steps(string range, string expected)
    {
        var runs = Expand($"description = test\nexperiment = native-733-to-350\naxes.a.nettest.chunk.range {range}");
        Assert.Equal(expected.Split(' '), runs.Select(Values));
    }

    [Fact]
    public void A_range_of_times_keeps_its_unit() =>
        Assert.Equal(["1 us", "10 us", "100 us"], Expand(Head + "axes.a.cable.delay.range { from = 1 us, to = 100 us, times = 10 }").Select(Values));

    [Fact]
    public void The_word_default_leaves_a_key_as_the_experiment_has_it()
    {
        var runs = Expand(Head + "axes.a { label = [x, y], ping.count = [default, 3] }");
        Assert.Equal(["10", "3"], runs.Select(run => Resolved(run, "ping.count")));
    }

    [Fact]
    public void A_constraint_leaves_points_out()
    {
        var runs = Expand(Head + "axes { a.ping.count = [1, 2, 3], b.ping.payload = [1, 2, 3] }\nconstraints = [\"ping.count <= ping.payload\", \"ping.count = 1 or ping.payload > 2\"]");
        Assert.Equal(["1 1", "1 2", "1 3", "2 3", "3 3"], runs.Select(Values));
    }

    [Fact]
    public void Repetitions_take_seeds_one_after_the_other_and_every_point_the_same()
    {
        var runs = Expand(Head + "repetitions = 3\nfirst-seed = 7\naxes.a.ping.count = [1, 2]");
        Assert.Equal([7, 8, 9, 7, 8, 9], runs.Select(run => run.Seed));
        Assert.Equal(["7", "8", "9", "7", "8", "9"], runs.Select(run => Resolved(run, "seed")));
    }

    [Fact]
    public void Scaling_multiplies_each_cost_of_a_section_by_itself_and_once_nothing()
    {
        const string Native = "description = test\nexperiment = native-733-to-350\n";
        var runs = Expand(Native + "axes.cost.scale { sections = [\"costs.host.tcp-*\", \"costs.host.interrupt\"], by = [80 %, 120 %] }".Replace("tcp-*", "*", StringComparison.Ordinal));
        Assert.Equal("none 100", Values(runs[0]));
        var shipped = Resolved(runs[0], "costs.host.tcp-receive.per-byte");
        var raised = runs.Single(run => Values(run) == "host.tcp-receive 120");
        Assert.Equal("2.2 ns", shipped);
        Assert.Equal("2640 ps", Resolved(raised, "costs.host.tcp-receive.per-byte"));
        Assert.Equal("3960 ns", Resolved(raised, "costs.host.tcp-receive.fixed"));
        // Nothing else is changed.
        Assert.Equal(2, Lines(raised).Except(Lines(runs[0])).Count());
        Assert.Equal(2, runs.Count(run => Values(run) == "host.interrupt 80"));
    }

    [Fact]
    public void What_is_set_for_all_changes_the_identity_of_every_run()
    {
        var study = Read(Head + "axes.a.ping.count = [1, 2]");
        var plain = Expansion().Expand(study, []);
        var set = Expansion().Expand(study, [ExperimentResolver.ParseSet("ping.payload=99")]);
        Assert.Empty(plain.Select(run => run.Id).Intersect(set.Select(run => run.Id)));
        Assert.Equal(plain.Select(run => run.Id), Expansion().Expand(study, []).Select(run => run.Id));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("description = x", "experiment is not set")]
    [InlineData("experiment = ping", "description is not set")]
    [InlineData(Head + "axis.a.ping.count = [1]", "there is no such key; did you mean axes?")]
    [InlineData(Head + "repetition = 3", "did you mean repetitions?")]
    [InlineData(Head + "repetitions = 0", "repetitions = 0: is out of range")]
    [InlineData(Head + "axes.a.ping.count = []", "axes.a.ping.count = []: is empty")]
    [InlineData(Head + "axes { a { } }", "axes.a: is empty")]
    [InlineData(Head + "axes { }", "axes: is empty")]
    [InlineData(Head + "axes { a = 5 }", "is a value; an axis is a section")]
    [InlineData(Head + "axes.a { ping.count = [1, 2, 3], ping.payload = [1, 2] }", "has 2 values where ping.count has 3")]
    [InlineData(Head + "axes.a { label = [x, x], ping.count = [1, 2] }", "has one label twice")]
    [InlineData(Head + "axes { a.ping.count = [1], b.ping.count = [2] }", "axes.b.ping.count = [2]: is set more than once")]
    [InlineData(Head + "set.ping.count = 1\naxes.a.ping.count = [1]", "is set more than once")]
    [InlineData(Head + "axes.seed { label = [x, y], ping.count = [1, 2] }", "the table has a column seed of its own")]
    [InlineData(Head + "axes.a.seed = [1, 2]", "seeds come of repetitions")]
    [InlineData(Head + "axes.a.experiment = [ping]", "is also on an axis")]
    [InlineData(Head + "axes.a.ping.count.range { from = 1, to = 5 }", "has to go on by one of step")]
    [InlineData(Head + "axes.a.ping.count.range { from = 5, to = 1, step = 1 }", "the range is empty")]
    [InlineData(Head + "axes.a.ping.count.range { from = 1, to = 1 s, step = 1 }", "are no quantities of one kind")]
    [InlineData(Head + "axes.a.ping.count.range { from = 1, to = 1000000, step = 1 }", "makes more than 10000 values")]
    [InlineData(Head + "axes.a.ping.count.range { from = 0, to = 8, times = 2 }", "has to be above 0")]
    [InlineData(Head + "axes.a.ping.count.range { from = 1, to = 1000, step = 1 }\naxes.b.ping.payload.range { from = 1, to = 1000, step = 1 }", "make 1,000,000 runs; at most 10,000")]
    [InlineData(Head + "repetitions = 1000\naxes.a.ping.count.range { from = 1, to = 11, step = 1 }", "make 11,000 runs")]
    [InlineData(Head + "axes.a.ping.count = [1, 2]\nconstraints = \"ping.count > 2\"", "no point of the study satisfies them")]
    [InlineData(Head + "axes.a.ping.count = [1, 2]\nconstraints = \"ping.cuont > 2\"", "ping.cuont is no column; did you mean ping.count?")]
    [InlineData(Head + "axes.a.ping.count = [1, 2]\nconstraints = \"ping.count\"", "is no comparison")]
    [InlineData(Head + "axes.a { label = [x, y], ping.count = [1, 2] }\nconstraints = \"a > 2\"", "of which nothing is less or more")]
    [InlineData(Head + "axes.a.ping.cuont = [1]", "study.conf: ping.cuont = 1: there is no such key; did you mean ping.count?")]
    [InlineData(Head + "axes.a.ping.count = [1, 0]", "study.conf: ping.count = 0: is out of range")]
    [InlineData(Head + "axes.a.sender.system = [native, vmware-9]", "study.conf: sender.system = vmware-9: expected one of native")]
    [InlineData("description = x\nexperiment = pong", "did you mean ping?")]
    [InlineData(Head + "axes.a.scale { sections = [\"costs.guests.*\"], by = [80 %] }", "fits no section with a cost")]
    [InlineData(Head + "axes.a.scale { sections = [\"costs.host.*\"], by = [lots] }", "lots expected a share")]
    [InlineData(Head + "axes.a.scale { sections = [\"costs.host.*\"], by = [] }", "is empty")]
    [InlineData(Head + "axes.a.scale { sections = [\"costs.host.*\"], by = [80 %], ping.count = [1] }", "does not go with scale")]
    [InlineData("description = x\naxes { e.experiment = [ping, vm-ping], a.scale { sections = [\"costs.host.*\"], by = [80 %] } }", "needs one experiment for all runs")]
    [InlineData(Head + "outputs = [throughputMbp]", "no result has throughputMbp; did you mean throughputMbps?")]
    [InlineData(Head + "outputs = [sender.vm]", "is no figure, but holds several")]
    [InlineData(Head + "outputs = [virtualSeconds, virtualSeconds]", "names a figure twice")]
    [InlineData(Head + "outputs = [digest]", "digest in any case")]
    [InlineData(Head + "pictures.p { kind = pie, title = x }", "expected one of lines, bars")]
    [InlineData(Head + "pictures.p { kind = bars, title = x, y = digest }", "expected one of throughputMbps")]
    [InlineData(Head + "pictures.p { kind = bars, title = x, y = virtualSeconds, x = seed }", "is no key of a picture of this kind")]
    [InlineData(Head + "pictures.p { kind = tornado, title = x, y = virtualSeconds, of = a }", "needs an axis with scale")]
    [InlineData(Head + "pictures.p { kind = bars, title = x, y = virtualSeconds, logarithmic = on }", "is no key of a picture of this kind")]
    [InlineData(Loss + "y = virtualSeconds, formulas = mathis }", "pictures.p.formulas = mathis: goes with x = cable.loss, y = throughputMbps")]
    [InlineData(Loss + "y = throughputMbps, per = cable.loss, formulas = mathis }", "without per")]
    [InlineData(Loss + "y = throughputMbps, formulas = [mathis, math] }", "math is none; there are mathis, padhye")]
    public void A_bad_study_is_refused_in_one_line(string text, string expected)
    {
        var message = Assert.Throws<ConfigurationException>(() => Expand(text)).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Contains(text.Contains("pong", StringComparison.Ordinal) ? "pong" : "study.conf", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_studies_are_those_of_the_paper_and_one_of_losses() => Assert.Equal(
        ["ablation", "combining-threshold", "cost-sensitivity", "loss", "proposals", "seeds", "throughput-vs-chunk"], Shipped.Names);

    [Fact]
    public void The_shipped_study_of_losses_expands() => Assert.Equal(50, Expansion().Expand(Shipped.Read("loss"), []).Count);

    [SkippableTheory]
    [InlineData("ablation", 30)]
    [InlineData("combining-threshold", 35)]
    [InlineData("proposals", 27)]
    [InlineData("throughput-vs-chunk", 40)]
    public void Shipped_studies_of_the_optimizations_expand(string name, int runs)
    {
        Skip.IfNot(File.Exists(Path.Combine(AppContext.BaseDirectory, "config", "systems", "optimized.conf")), "there is no system 'optimized' in this version");
        Assert.Equal(runs, Expansion().Expand(Shipped.Read(name), []).Count);
    }

    [Fact]
    public void Shipped_studies_of_the_baseline_expand()
    {
        Assert.Equal(30, Expansion().Expand(Shipped.Read("seeds"), []).Count);
        var sensitivity = Expansion().Expand(Shipped.Read("cost-sensitivity"), []);
        // Nothing scaled, and each cost twice; each under five seeds.
        Assert.Equal(5 * (1 + (2 * sensitivity.Select(run => run.Cells[0].Text).Where(cost => cost != "none").Distinct().Count())), sensitivity.Count);
    }

    private static StudyCatalog Shipped => new(ExperimentCatalog.Open(null));

    private static Study Read(string text) => StudyFile.Read("study", "study.conf", text);

    private static IReadOnlyList<StudyRun> Expand(string text) => Expansion().Expand(Read(text), []);

    private static StudyExpansion Expansion() => new(new ExperimentResolver(ExperimentCatalog.Open(null), SettingsValidators.All));

    private static string Values(StudyRun run) => string.Join(' ', run.Cells.Select(cell => cell.Text));

    private static string[] Lines(StudyRun run) => run.Experiment.Hocon.Split('\n');

    private static string Resolved(StudyRun run, string key) => HoconText.Parse(run.Experiment.Hocon, "test").TryGetValue(key, out var setting) ? setting.Text! : run.Cells.Single(c => c.Column == key).Text;
}
