using System.Text;
using Akka.Configuration;

namespace Testbed.Protocol;

/// <summary>The Akka settings under which nothing but <see cref="Wire"/> can be written to or read from another process.</summary>
public static class WireSerialization
{
    // Every serializer of Akka 1.5 and Akka.Remote 1.5, by its name in their reference.conf and its number on the wire. A number that is
    // not in this list is not registered at all: Akka drops such a message and says so in its log.
    private static readonly (string Name, int Id)[] AkkasOwn =
    [
        ("null", 0), ("json", 1), ("proto", 2), ("daemon-create", 3), ("bytes", 4), ("akka-containers", 6), ("akka-misc", 16),
        ("primitive", 17), ("akka-system-msg", 22),
    ];

    /// <summary>The settings; they go before every other.</summary>
    public static Config Config { get; } = ConfigurationFactory.ParseString(Text());

    private static string Text()
    {
        var text = new StringBuilder();
        text.AppendLine("akka.log-serializer-override-on-start = off");
        text.AppendLine("akka.actor.serialization-settings.allow-unregistered-types = off");
        foreach (var (name, id) in AkkasOwn)
        {
            text.AppendLine($"akka.actor.serializers.{name} = \"{typeof(RefusingSerializer).AssemblyQualifiedName}\"");
            text.AppendLine($"akka.actor.serialization-settings.{name} {{ refused-id = {id}, refused-name = \"{name}\" }}");
        }

        text.AppendLine($"akka.actor.serializers.testbed = \"{typeof(WireSerializer).AssemblyQualifiedName}\"");
        foreach (var type in Wire.MessageTypes)
            text.AppendLine($"akka.actor.serialization-bindings.\"{type.FullName}, {type.Assembly.GetName().Name}\" = testbed");
        return text.ToString();
    }
}
