using System.Globalization;
using Akka.Configuration;
using Testbed.Protocol;

namespace Testbed.Node.Remoting;

/// <summary>The Akka settings of every process of the testbed, built in this one place.</summary>
public static class RemotingConfig
{
    /// <summary>
    /// What a person may change goes below what this program relies on: only <see cref="Wire"/> crosses, no actor selection or
    /// deployment from outside, a quiet log, and no shutdown but the program's own.
    /// </summary>
    public static Config Build(RemotingSettings settings, HostPort publicAddress)
    {
        var pause = Math.Max(settings.Wait.TotalMilliseconds, RemotingSettings.DefaultWait.TotalMilliseconds);

        // Room for the largest message and for what Akka puts round it.
        var frame = Wire.FinishedLimitBytes + (64 * 1024);
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
                dot-netty.tcp {
                  hostname = "{{settings.Bind.Host}}"
                  port = {{settings.Bind.Port}}
                  public-hostname = "{{publicAddress.Host}}"
                  public-port = {{publicAddress.Port}}
                  maximum-frame-size = {{frame}}b
                  # On Linux this option also means SO_REUSEPORT: a second node on the same port would start without a word.
                  tcp-reuse-addr = off
                }
              }
            }
            """));
        var defaults = ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
            akka.remote {
              # A peer that is not up yet is tried again soon.
              retry-gate-closed-for = 100ms
              handshake-timeout = {{settings.Wait.TotalMilliseconds:F0}}ms
              dot-netty.tcp.connection-timeout = {{settings.Wait.TotalMilliseconds:F0}}ms
              # A slow network or a stopped process must not end a run before the stated wait is over.
              transport-failure-detector {
                heartbeat-interval = 1s
                acceptable-heartbeat-pause = {{pause:F0}}ms
              }
            }
            """));
        return WireSerialization.Config.WithFallback(reliedOn).WithFallback(settings.Akka).WithFallback(defaults);
    }
}
