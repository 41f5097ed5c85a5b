using Akka.Dispatch;

namespace Testbed.Node.Transport;

/// <summary>Akka's dispatcher whose executor is the <see cref="LoopThread"/>: for Akka.Remote's endpoint actors and for the cable's link.</summary>
internal sealed class LoopDispatcher : MessageDispatcher
{
    private const int MessagesPerRun = 32;

    private readonly LoopThread _loop;

    public LoopDispatcher(MessageDispatcherConfigurator configurator, string id, LoopThread loop)
        : base(configurator)
    {
        _loop = loop;
        Id = id;
        Throughput = MessagesPerRun;
        ShutdownTimeout = TimeSpan.FromSeconds(1);
    }

    /// <inheritdoc/>
    protected override void ExecuteTask(IRunnable run) => _loop.Post(run);

    /// <inheritdoc/>
    protected override void Shutdown()
    {
        // The loop outlives its last actor: it ends with the actor system.
    }
}
