using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Runner.Chaos;
using Testbed.Tests.Experiments;

namespace Testbed.Tests.Runner.Chaos;

public sealed class PlanGeneratorTests
{
    private const int Plans = 200;

    [Theory]
    [InlineData("vm733-to-350")]
    [InlineData("native-733-to-350")]
    [InlineData("keyboard-under-load")]
    [InlineData("vm733-to-350-contended")]
    public void Every_plan_is_one_that_the_reader_takes(string name)
    {
        var resolver = new ExperimentResolver(ExperimentCatalog.Open(null), SettingsValidators.All);
        var generator = Generator(name);
        for (var seed = 1L; seed <= Plans; seed++)
        {
            var plan = generator.Make(seed);
            var experiment = resolver.ResolveWith(name, [.. plan.Settings]);
            var read = ExperimentSettings.Read(SettingsReader.Of(experiment)).Faults!;
            Assert.InRange(read.Faults.Count, 1, 4);
            Assert.Equal(plan.Faults.Select(fault => fault.Keys["effect"]), read.Faults.Select(fault => fault.Effect.Name));
        }
    }

    [Fact]
    public void A_seed_gives_the_same_plan_whenever_and_other_seeds_give_others()
    {
        string Of(long seed) => Generator("vm733-to-350").Make(seed).ToHocon();
        Assert.Equal(Of(7), Of(7));
        Assert.Equal(100, Enumerable.Range(0, 100).Select(seed => Of(seed)).Distinct().Count());
    }

    [Fact]
    public void Every_effect_and_every_message_is_drawn_some_time()
    {
        var generator = Generator("vm733-to-350");
        var faults = Enumerable.Range(1, Plans * 25).SelectMany(seed => generator.Make(seed).Faults).ToArray();
        Assert.Equal(
            FaultSpace.Effects.Select(line => line.Effect).Distinct().Order(), faults.Select(fault => fault.Keys["effect"]).Distinct().Order());
        var messages = FaultSpace.Messages.Where(message => message.Actor != "keyboard").Select(message => message.Name).Distinct().Order();
        Assert.Equal(messages, faults.Select(fault => fault.Keys.GetValueOrDefault("message")).OfType<string>().Distinct().Order());
    }

    [Theory]
    [InlineData(true, "target=cable", "effect=drop", "until=1 s")]
    [InlineData(true, "target=pc-733/vmnet", "message=VmNet.FrameArrived", "effect=drop", "until=1 s")]
    [InlineData(false, "target=cable", "effect=drop")]
    [InlineData(false, "target=pc-733/vmnet", "effect=drop", "until=1 s")]
    [InlineData(false, "target=pc-733/vmnet", "message=VmNet.Write", "effect=drop", "until=1 s")]
    [InlineData(false, "target=pc-733/vmnet", "message=VmNet.FrameArrived", "effect=corrupt", "bits=2", "until=1 s")]
    [InlineData(false, "target=pc-733/vmm", "effect=crash", "until=1 s")]
    [InlineData(false, "target=cable", "effect=drop", "until=19 s")]
    public void A_run_has_to_recover_only_from_faults_on_frames_that_are_over_early(bool hasTo, params string[] keys) =>
        Assert.Equal(hasTo, ChaosTrial.HasToFinish(Experiment.Settings("vm733-to-350", ["virtual-limit=20 s", .. keys.Select(key => $"faults.f.{key}")])));

    private static PlanGenerator Generator(string name) => new(FaultableActors.Of(Experiment.Settings(name)), FaultSpace.Effects);
}
