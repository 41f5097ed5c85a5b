using System.Globalization;
using Akka.Configuration;
using Testbed.Node.Transport;
using Testbed.Protocol;

namespace Testbed.Node.Remoting;

/// <summary>The Akka settings of every process of the testbed, built in this one place.</summary>
public static class RemotingConfig
{
    /// <summary>The dispatcher of a cable's link: where batches arrive, and with a loop also where the model runs.</summary>
    public const string LinkDispatcher = "testbed.link-dispatcher";

    /// <summary>
    /// Most bytes that may wait to be sent on a connection of ours: sixteen of the largest messages. Nothing comes near it: a timeline runs no
    /// further than its peer's reports admit, and so has only a few frames under way.
    /// </summary>
    private const int SendQueueLimit = 16 * Wire.FinishedLimitBytes;

    /// <summary>
    /// One attempt at a connection takes no longer: whoever wants one tries again. While a process attempts one itself, which a firewall may swallow, it
    /// does not use the one that the other has made to it.
    /// </summary>
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What a person may change goes below what this program relies on: only <see cref="Wire"/> crosses, no actor selection or
    /// deployment from outside, a quiet log, and no shutdown but the program's own.
    /// </summary>
    public static Config Build(RemotingSettings settings, HostPort publicAddress)
    {
        var pause = Math.Max(settings.Wait.TotalMilliseconds, RemotingSettings.DefaultWait.TotalMilliseconds);
        var attempt = Math.Min(settings.Wait.TotalMilliseconds, AttemptLimit.TotalMilliseconds);

        // Room for the largest message and for what Akka puts round it.
        var frame = Wire.FinishedLimitBytes + (64 * 1024);
        var transport = settings.Transport == TransportKind.DotNetty ? "dot-netty.tcp" : settings.Transport.Name();
        var reliedOn = ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
            akka {
              loglevel = ERROR
              stdout-loglevel = OFF
              loggers = ["{{typeof(StandardErrorLogger).AssemblyQualifiedName}}"]
              log-dead-letters = off
              log-dead-letters-during-shutdown = off
              actor.provider = remote
              coordinated-shutdown {
                exit-clr = off
                run-by-clr-shutdown-hook = off
                run-by-actor-system-terminate = off
              }
              remote {
                untrusted-mode = on
                trusted-selection-paths = []
                log-remote-lifecycle-events = off
                enabled-transports = ["akka.remote.{{transport}}"]
                {{transport}} {
                  hostname = "{{settings.Bind.Host}}"
                  port = {{settings.Bind.Port}}
                  public-hostname = "{{publicAddress.Host}}"
                  public-port = {{publicAddress.Port}}
                  maximum-frame-size = {{frame}}b
                }
              }
            }
            """));
        var defaults = ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
            akka.remote {
              # A peer that is not up yet is tried again soon.
              retry-gate-closed-for = 100ms
              handshake-timeout = {{attempt:F0}}ms
              {{transport}}.connection-timeout = {{attempt:F0}}ms
              # A slow network or a stopped process must not cost a connection before the stated wait is over.
              transport-failure-detector {
                heartbeat-interval = 1s
                acceptable-heartbeat-pause = {{pause:F0}}ms
              }
            }
            """));
        return WireSerialization.Config
            .WithFallback(Threads(settings.Transport))
            .WithFallback(reliedOn)
            .WithFallback(settings.Akka)
            .WithFallback(defaults);
    }

    /// <summary>Which threads remoting runs on.</summary>
    private static Config Threads(TransportKind transport) => ConfigurationFactory.ParseString(transport switch
    {
        TransportKind.CableTcp => OnTheLoop(transport, typeof(CableTcpTransport)),
        TransportKind.CableUnix => OnTheLoop(transport, typeof(CableUnixTransport)),
        _ => $"""
            {LinkDispatcher} = "akka.actor.default-dispatcher"
            # On Linux this option also means SO_REUSEPORT: a second node on the same port would start without a word.
            akka.remote.dot-netty.tcp.tcp-reuse-addr = off
            """,
    });

    // One thread for sockets, endpoint actors and links. Whatever else Akka does stays on the thread pool.
    private static string OnTheLoop(TransportKind transport, Type type) => string.Create(CultureInfo.InvariantCulture, $$"""
        {{LinkDispatcher}} = "akka.remote.default-remote-dispatcher"
        akka.remote {
          use-dispatcher = "akka.remote.default-remote-dispatcher"
          default-remote-dispatcher.type = "{{typeof(LoopDispatcherConfigurator).AssemblyQualifiedName}}"
          {{transport.Name()}} {
            transport-class = "{{type.AssemblyQualifiedName}}"
            applied-adapters = []
            send-queue-limit = {{SendQueueLimit}}b
          }
        }
        """);
}
