using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace Testbed.Node.Transport;

/// <summary>Tells an actor system of the loop that its transport and its dispatcher use.</summary>
/// <param name="loop">The loop.</param>
public sealed class LoopSetup(LoopThread loop) : Setup
{
    /// <summary>The loop.</summary>
    public LoopThread Loop { get; } = loop;

    /// <summary>The loop of an actor system.</summary>
    /// <exception cref="ConfigurationException">It was started without one.</exception>
    internal static LoopThread Of(Settings settings)
    {
        var setup = settings.Setup.Get<LoopSetup>();
        return setup.HasValue ? setup.Value.Loop : throw new ConfigurationException($"the actor system was started without a {nameof(LoopSetup)}");
    }
}
