using CsCheck;
using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Time;

namespace Testbed.Tests.Configuration;

public sealed class ExperimentResolverTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_shipped_experiment_resolves()
    {
        var names = new ExperimentCatalog(_folder.Root).Names;
        string[] papers =
        [
            "350-to-vm733", "733-to-vm350", "native-350-to-733", "native-733-to-350", "opt-350-to-vm733", "opt-vm733-to-350", "vm350-to-733", "vm733-to-350",
            "vm733-to-vm350",
        ];
        string[] devices = ["hostonly-vm733", "keyboard-idle", "keyboard-under-load", "nat-vm733-to-350"];
        Assert.Equal([.. papers, .. devices, "native-compute", "ping", "vm-compute", "vm-ping", "vm733-to-350-contended"], names.OrderBy(name => papers.Contains(name) ? 0 : 1));
        Assert.All(names, name => Assert.Equal(name, Resolve(name).Name));
    }

    [Fact]
    public void Another_seed_afterwards_is_as_if_it_had_been_resolved_with_that()
    {
        var resolver = new ExperimentResolver(new ExperimentCatalog(_folder.Root), SettingsValidators.All);
        Assert.Equal(resolver.Resolve("ping", ["ping.count=3"], "42"), resolver.Resolve("ping", ["ping.count=3"]).WithSeed(42));
    }

    [Fact]
    public void The_main_experiment_is_the_paper_s_base_run()
    {
        var reader = SettingsReader.Of(Resolve("vm733-to-350"));
        var settings = ExperimentShape.Read(reader);
        Assert.Equal(new Participant("pc-733", "workstation-2.0"), settings.Sender);
        Assert.Equal(new Participant("pc-350", Participant.Native), settings.Receiver);
        Assert.Equal(new NettestSettings(104_857_600, 4096), NettestSettings.Read(reader));
    }

    [Fact]
    public void A_system_sets_the_switches_of_who_runs_on_it_and_whoever_sets_one_by_itself_is_stronger()
    {
        Assert.Equal("off", Text(Resolve("vm733-to-350"), "sender.vm.io-in-vmm"));
        var optimized = Resolve("vm733-to-350", ["sender.system=optimized"]);
        Assert.Equal(("on", "off"), (Text(optimized, "sender.vm.io-in-vmm"), Text(optimized, "receiver.vm.io-in-vmm")));
        Assert.Equal("off", Text(Resolve("vm733-to-350", ["sender.vm.io-in-vmm=off", "sender.system=optimized"]), "sender.vm.io-in-vmm"));
        _folder.Write("experiments/new.conf", "description = new\nsender { system = proposed-vmxnet, vm.irq-notification = off }");
        Assert.Equal(("vmxnet", "on", "off"), (
            Text(Resolve("new"), "sender.vm.nic"), Text(Resolve("new"), "sender.vm.send-combining"), Text(Resolve("new"), "sender.vm.irq-notification")));
    }

    [Fact]
    public void A_system_is_one_file()
    {
        _folder.Write("systems/mine.conf", "description = mine\nbased-on = optimized\nvm.send-combining-queue = 5");
        Assert.Equal("5", Text(Resolve("vm733-to-350", ["sender.system=mine"]), "sender.vm.send-combining-queue"));
        Assert.Equal("mine", new ExperimentCatalog(_folder.Root).ListSystems().Single(entry => entry.Name == "mine").Description);
    }

    [Theory]
    [InlineData("based-on = optimised", "systems/mine.conf: based-on = optimised: expected one of native, mine, optimized")]
    [InlineData("based-on = mine", "systems/mine.conf: based-on = mine: is based on itself")]
    [InlineData("vm.io-in-vm = on", "systems/mine.conf: sender.vm.io-in-vm = on: there is no such key; did you mean sender.vm.io-in-vmm?")]
    [InlineData("seed = 3", "systems/mine.conf: seed = 3: there is no such key; a system has description, based-on and vm")]
    public void A_mistake_in_a_system_is_refused_with_the_file(string text, string expected)
    {
        _folder.Write("systems/mine.conf", text);
        Assert.Contains(expected, Refusal(() => Resolve("vm733-to-350", ["sender.system=mine"])), StringComparison.Ordinal);
    }

    [Fact]
    public void Later_layers_are_stronger_and_the_seed_is_the_strongest()
    {
        _folder.Write("experiments/new.conf", "description = new\nseed = 5, nettest.chunk = 512, cable.delay = 1 us");
        Assert.Equal("5", Text(Resolve("new"), "seed"));
        Assert.Equal("512", Text(Resolve("new"), "nettest.chunk"));
        Assert.Equal("2 us", Text(Resolve("new", ["cable.delay=1 s", "cable.delay = 2 us"]), "cable.delay"));
        Assert.Equal("7", Text(Resolve("new", ["seed=6"], "7"), "seed"));
    }

    [Fact]
    public void A_resolved_experiment_resolves_to_itself()
    {
        var chunk = Gen.Int[1, 1 << 20].Select(v => $"nettest.chunk={v}");
        var delay = Gen.Int[0, 1_000_000].Select(v => $"cable.delay={v} ns");
        var text = Gen.String[Gen.Char["ab \"\\{}#µ"], 1, 9].Select(v => $"description={v.Trim()}");
        Gen.OneOf(chunk, delay, text).Array[0, 4].Sample(sets =>
        {
            var first = Resolve("ping", sets);
            _folder.Write("experiments/again.conf", first.Hocon);
            Assert.Equal(first.Hocon, Resolve("again").Hocon);
            Assert.Equal(first.Hocon, CanonicalHocon.Write(HoconText.Parse(first.Hocon, "x").Values));
        }, iter: 30, threads: 1);
    }

    [Fact]
    public void Only_the_pcs_that_take_part_are_left_and_none_of_their_keys_is_open()
    {
        _folder.Write("pcs/pc-9.conf", "pcs.pc-9 { clock = 9 MHz, memory = 1 MiB, os = x, mac = \"00:00:00:00:00:09\", address = 192.168.1.9 }");
        var settings = HoconText.Parse(Resolve("ping").Hocon, "x");
        Assert.DoesNotContain(settings.Keys, k => k.StartsWith("pcs.pc-9.", StringComparison.Ordinal));
        Assert.DoesNotContain(settings.Keys, k => k.StartsWith("pcs.each.", StringComparison.Ordinal));
        Assert.Equal("32", settings["pcs.pc-733.nic.receive-ring"].Text);
        Assert.Equal("9 MHz", Text(Resolve("ping", ["sender.pc=pc-9"]), "pcs.pc-9.clock"));
    }

    [Theory]
    [InlineData("cable.dealy=1 us", "--set cable.dealy=1 us: there is no such key; did you mean cable.delay?")]
    [InlineData("chunk=4", "--set chunk=4: there is no such key; did you mean nettest.chunk?")]
    [InlineData("cable=4", "--set cable=4: is a section, not a value; it holds cable.delay, cable.loss")]
    [InlineData("seed.x=4", "--set seed.x=4: there is no such key; seed is a value, not a section")]
    [InlineData("seed", "--set seed: expected key=value")]
    [InlineData("=4", "--set =4: expected key=value")]
    [InlineData("a..b=4", "--set a..b=4: expected key=value")]
    [InlineData("nettest.chunk=0", "--set nettest.chunk=0: is out of range; 1 B to 1 MiB is permitted")]
    [InlineData("nettest.chunk=4 parsecs", "--set nettest.chunk=4 parsecs: parsecs is no unit of a size")]
    [InlineData("nettest.chunk=[4]", "--set nettest.chunk=[4]: is a list")]
    [InlineData("nettest.chunk=[4", "--set:1: '[' is never closed")]
    [InlineData("nettest.chunk=", "--set nettest.chunk=\"\": expected a size")]
    [InlineData("sender.pc=pc-735", "--set sender.pc=pc-735: expected one of pc-350, pc-733; did you mean pc-733?")]
    [InlineData("sender.system=vmware", "--set sender.system=vmware: expected one of native")]
    [InlineData("sender.pc=pc-350", "pc-350: is the sender too")]
    [InlineData("program=netest", "--set program=netest: expected one of nettest, ping, compute, idle; did you mean nettest?")]
    [InlineData("pcs.pc-73.clock=1 MHz", "--set pcs.pc-73.clock=1 MHz: there is no such key; did you mean pcs.pc-733.clock?")]
    [InlineData("pcs.each.clock=1 MHz", "--set pcs.each.clock=1 MHz: there is no such key")]
    [InlineData("pcs.pc-733.vm.nic.transmit-ring=12", "pcs.pc-733.vm.nic.transmit-ring=12: is not a power of two")]
    [InlineData("pcs.pc-733.vm.nic.io-base=4100", "pcs.pc-733.vm.nic.io-base=4100: is not a multiple of 32")]
    [InlineData("pcs.pc-733.vm.memory=1MiB", "pcs.pc-733.vm.memory=1MiB: is out of range; 4 MiB to 1 GiB is permitted")]
    [InlineData("sender.vm.data-port-reads-switch=perhaps", "expected one of on, off")]
    [InlineData("seed=-1", "--set seed=-1: is out of range")]
    [InlineData("seed=99999999999999999999", "--set seed=99999999999999999999: is too large")]
    public void A_mistaken_set_is_refused_in_one_line(string set, string expected) =>
        Assert.Contains(expected, Refusal(() => Resolve("native-733-to-350", [set])), StringComparison.Ordinal);

    [Theory]
    [InlineData("pcs.pc-733.vm.mac=none", "pcs.pc-733.vm.mac=none: expected an Ethernet address")]
    [InlineData("pcs.pc-733.vm.mac=00:90:27:00:03:50", "pcs.pc-733.vm.mac=00:90:27:00:03:50: is also pc-350's")]
    [InlineData("pcs.pc-733.vm.address=192.168.1.35", "pcs.pc-733.vm.address=192.168.1.35: is also pc-350's")]
    [InlineData("pcs.pc-733.vm.address=10.0.0.1", "pcs.pc-733.vm.address=10.0.0.1: is not on the PC's network")]
    public void A_virtual_machine_that_cannot_be_is_refused_in_one_line(string set, string expected) =>
        Assert.Contains(expected, Refusal(() => Resolve("vm733-to-350", [set])), StringComparison.Ordinal);

    [Theory]
    [InlineData("experiments/bad.conf", "cable.dealy = 1 us", "experiments/bad.conf: cable.dealy = 1 us: there is no such key; did you mean cable.delay?")]
    [InlineData("experiments/bad.conf", "cable.delay = 1 { us", "experiments/bad.conf:1: '{' is never closed")]
    [InlineData("experiments/bad.conf", "sender.start = 5", "experiments/bad.conf: sender.start = 5: has no unit; expected a duration")]
    [InlineData("pcs/pc-9.conf", "pcs.pc-9 { clok = 1 MHz }", "pcs/pc-9.conf: pcs.pc-9.clok = 1 MHz: there is no such key; did you mean pcs.pc-9.clock?")]
    [InlineData("pcs/pc-9.conf", "pcs.pc-9 { clock = 1 MHz }", "pcs/pc-9.conf: pcs.pc-9.address is not set and has no default")]
    [InlineData("pcs/pc-9.conf", "seeed = 4", "pcs/pc-9.conf: seeed = 4: there is no such key; did you mean seed?")]
    public void A_mistake_in_a_file_is_refused_with_the_file(string file, string text, string expected)
    {
        _folder.Write("experiments/bad.conf", "description = bad");
        _folder.Write(file, text);
        Assert.Contains(expected, Refusal(() => Resolve("bad")), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_experiment_is_refused_with_the_nearest()
    {
        Assert.Equal("pign: there is no such experiment; did you mean ping?", Refusal(() => Resolve("pign")));
        Assert.Contains("there are 350-to-vm733, 733-to-vm350, ", Refusal(() => Resolve("zzzzzzzzz")), StringComparison.Ordinal);
        Assert.Contains("there is no such experiment", Refusal(() => Resolve("../testbed")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_seed_that_is_no_number_is_refused() => Assert.StartsWith(
        "--seed one: expected a whole number", Refusal(() => Resolve("ping", seed: "one")), StringComparison.Ordinal);

    [Fact]
    public void A_cost_table_defines_its_keys()
    {
        _folder.Write("costs/native.conf", "costs.native.system-call = 1 us");
        Assert.Equal("1 us", Text(Resolve("ping"), "costs.native.system-call"));
        Assert.Equal("2 us", Text(Resolve("ping", ["costs.native.system-call=2 us"]), "costs.native.system-call"));
        Assert.Contains(
            "did you mean costs.native.system-call?",
            Refusal(() => Resolve("ping", ["costs.native.sytem-call=2 us"])),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Validators_see_every_pc()
    {
        var seen = new List<string>();
        new ExperimentResolver(new(_folder.Root), [root => seen.AddRange(root.At("pcs").Names())]).Resolve("ping", []);
        Assert.Equal(["pc-350", "pc-733"], seen);
    }

    [Fact]
    public void A_folder_without_defaults_is_no_configuration_folder() =>
        Assert.Contains("is no configuration folder", Refusal(() => new ExperimentCatalog("/nowhere")), StringComparison.Ordinal);

    [Fact]
    public void The_list_names_every_experiment_and_says_which_file_is_broken()
    {
        _folder.Write("experiments/broken.conf", "{");
        var list = new ExperimentCatalog(_folder.Root).List();
        Assert.Contains("never closed", list.Single(e => e.Name == "broken").Description, StringComparison.Ordinal);
        Assert.StartsWith("PC-733 pings", list.Single(e => e.Name == "ping").Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_start_after_the_limit_is_refused() => Assert.Contains(
        "is not before virtual-limit",
        Refusal(() => Resolve("ping", ["sender.start=2 s", "virtual-limit=1 s"])),
        StringComparison.Ordinal);

    [Fact]
    public void The_ping_is_read_in_its_units() => Assert.Equal(
        new PingSettings(10, Duration.FromMilliseconds(10), 56), PingSettings.Read(SettingsReader.Of(Resolve("ping"))));

    private ResolvedExperiment Resolve(string name, string[]? sets = null, string? seed = null) =>
        new ExperimentResolver(new(_folder.Root), SettingsValidators.All).Resolve(name, sets ?? [], seed);

    private static string Text(ResolvedExperiment experiment, string key) => HoconText.Parse(experiment.Hocon, "x")[key].Text!;

    private static string Refusal(Func<object> act)
    {
        var message = Assert.Throws<ConfigurationException>(act).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}
