using Akka.Configuration;
using Akka.Dispatch;

namespace Testbed.Node.Transport;

/// <summary>What Akka's configuration names as a dispatcher's type to have it run on the system's <see cref="LoopThread"/>.</summary>
public sealed class LoopDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly LoopDispatcher _dispatcher;

    /// <summary>Made by Akka.</summary>
    /// <param name="config">The dispatcher's section of the configuration.</param>
    /// <param name="prerequisites">What Akka has for it.</param>
    public LoopDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) =>
        _dispatcher = new LoopDispatcher(this, config.GetString("id"), LoopSetup.Of(prerequisites.Settings));

    /// <inheritdoc/>
    public override MessageDispatcher Dispatcher() => _dispatcher;
}
