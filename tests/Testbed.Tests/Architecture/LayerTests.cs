using ArchUnitNET.Fluent;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnit;
using Testbed.Node.Time;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Testbed.Tests.Architecture;

/// <summary>Arrows between folders point down only.</summary>
public sealed class LayerTests
{
    /// <summary>Bottom to top: a folder may use those before it.</summary>
    private static readonly string[] Layers =
    [
        "Time", "Transport", "Configuration", "Measuring", "Network", "Cable", "Faults", "Hardware", "Programs", "Kernel", "Host", "VmApp", "Vmm", "Guest",
        "Observing", "Results", "Experiments", "Remoting",
    ];

    private static readonly ArchUnitNET.Domain.Architecture Node =
        new ArchLoader().LoadAssemblies(typeof(Timeline).Assembly, typeof(Testbed.Protocol.CableBatch).Assembly).Build();

    public static TheoryData<string> AllLayers => new(Layers);

    [Theory]
    [MemberData(nameof(AllLayers))]
    public void A_folder_uses_only_the_folders_below_it(string layer)
    {
        var above = Layers.SkipWhile(name => name != layer).Skip(1).ToArray();
        foreach (var other in above)
            Forbid(layer, other);
    }

    [Fact]
    public void Every_folder_has_its_place()
    {
        var folders = Node.Types
            .Select(type => type.Namespace.FullName)
            .Where(name => name.StartsWith("Testbed.Node.", StringComparison.Ordinal))
            .Select(name => name.Split('.')[2])
            .Distinct();
        Assert.Empty(folders.Except(Layers));
    }

    [Theory]
    [InlineData("Network", "Cable")]
    [InlineData("Network", "Configuration")]
    [InlineData("Time", "Protocol")]
    [InlineData("Transport", "Protocol")]
    [InlineData("Network", "Transport")]
    [InlineData("Cable", "Transport")]
    [InlineData("Faults", "Network")]
    [InlineData("Faults", "Transport")]
    [InlineData("Hardware", "Transport")]
    [InlineData("Kernel", "Transport")]
    [InlineData("Host", "Transport")]
    [InlineData("Vmm", "Transport")]
    [InlineData("Guest", "Transport")]
    [InlineData("Experiments", "Transport")]
    [InlineData("Kernel", "Configuration")]
    [InlineData("Host", "Configuration")]
    [InlineData("Hardware", "Configuration")]
    [InlineData("Hardware", "Measuring")]
    [InlineData("VmApp", "Configuration")]
    [InlineData("Observing", "Configuration")]
    [InlineData("Vmm", "Configuration")]
    [InlineData("Vmm", "VmApp")]
    [InlineData("Guest", "Configuration")]
    [InlineData("Guest", "VmApp")]
    [InlineData("Guest", "Host")]
    public void Some_know_even_less(string layer, string other) => Forbid(layer, other);

    [Theory]
    [InlineData("Time")]
    [InlineData("Measuring")]
    [InlineData("Network")]
    [InlineData("Cable")]
    [InlineData("Faults")]
    [InlineData("Observing")]
    [InlineData("Hardware")]
    [InlineData("Programs")]
    [InlineData("Kernel")]
    [InlineData("Host")]
    [InlineData("VmApp")]
    [InlineData("Vmm")]
    [InlineData("Guest")]
    public void The_model_knows_no_wall_clock_no_threads_and_no_network_of_the_real_world(string layer)
    {
        // The synchronization is where virtual time meets the real one: it alone may wait, and takes the time of that.
        const string Exempt = "Testbed.Node.Cable.ConservativeSync|Testbed.Node.Time.TimelineDispatcher|Testbed.Node.Time.Timeline$";
        IArchRule rule = Types().That().ResideInNamespaceMatching($@"^Testbed\.Node\.{layer}(\.|$)")
            .And().DoNotHaveFullNameMatching(Exempt)
            .Should().NotDependOnAnyTypesThat().HaveFullNameMatching(
                @"^System\.(DateTime|DateTimeOffset|Diagnostics\.Stopwatch|TimeProvider|Random|Threading\.(Thread|Timer|Monitor|Tasks\..*)|Net\..*|IO\.(File|Stream).*)$")
            .WithoutRequiringPositiveResults();
        rule.Check(Node);
    }

    private static void Forbid(string layer, string other)
    {
        var root = other == "Protocol" ? @"^Testbed\.Protocol" : $@"^Testbed\.Node\.{other}(\.|$)";
        IArchRule rule = Types().That().ResideInNamespaceMatching($@"^Testbed\.Node\.{layer}(\.|$)")
            .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching(root)
            .WithoutRequiringPositiveResults();
        rule.Check(Node);
    }
}
