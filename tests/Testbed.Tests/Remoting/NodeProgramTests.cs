using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Testbed.Node;
using Testbed.Runner.TwoProcesses;

namespace Testbed.Tests.Remoting;

public sealed class NodeProgramTests : IDisposable
{
    private readonly List<Process> _started = [];

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited)
                process.Kill();
            process.Dispose();
        }
    }

    [Fact]
    public async Task One_line_says_where_a_node_listens_and_closing_its_input_ends_it()
    {
        var node = Start("--bind", "127.0.0.1:0", "--with-runner");

        Assert.Matches(@"^listening on akka\.tcp://testbed@127\.0\.0\.1:\d+$", await LineAsync(node));
        node.StandardInput.Close();

        await EndedAsync(node, 0);
        Assert.Equal("", await node.StandardOutput.ReadToEndAsync());
        Assert.Equal("", await node.StandardError.ReadToEndAsync());
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_ends_a_node_cleanly(string signal)
    {
        var node = Start("--bind", "127.0.0.1:0");
        await LineAsync(node);

        using var kill = Process.Start("kill", ["-s", signal, $"{node.Id}"]);
        await kill.WaitForExitAsync();

        await EndedAsync(node, 0);
    }

    [Fact]
    public async Task Ctrl_c_is_the_runners_affair()
    {
        var node = Start("--bind", "127.0.0.1:0", "--with-runner");
        await LineAsync(node);

        using var kill = Process.Start("kill", ["-s", "INT", $"{node.Id}"]);
        await kill.WaitForExitAsync();
        node.StandardInput.Close();

        await EndedAsync(node, 0);
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_and_exit_code_2()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await FailsAsync($"cannot listen on 127.0.0.1:{port}: the port is in use; choose another, or 0 to have one chosen", "--bind", $"127.0.0.1:{port}");
    }

    [Fact]
    public async Task Two_nodes_do_not_share_a_port()
    {
        var first = Start("--bind", "127.0.0.1:0");
        var port = (await LineAsync(first)).Split(':')[^1];

        await FailsAsync($"cannot listen on 127.0.0.1:{port}: the port is in use; choose another, or 0 to have one chosen", "--bind", $"127.0.0.1:{port}");
    }

    [Theory]
    [InlineData("--bind: 'here' is not host:port, for instance 192.168.1.10:4733", "--bind", "here")]
    [InlineData("--bind: '1.2.3.4:99999' has no port from 0 to 65535 after the colon", "--bind", "1.2.3.4:99999")]
    [InlineData("cannot listen on 192.0.2.77:0: this machine does not have that address", "--bind", "192.0.2.77:0")]
    [InlineData("Unrecognized command or argument '--frob'.", "--frob")]
    [InlineData("--wait: '3 weeks' is not a time between 1 ms and a day, for instance '30 s'", "--wait", "3 weeks")]
    public Task A_mistake_is_one_line_and_exit_code_2(string line, params string[] arguments) => FailsAsync(line, arguments);

    [Fact]
    public async Task A_node_that_others_can_reach_warns()
    {
        var node = Start("--bind", "0.0.0.0:0", "--public", "127.0.0.1:4733");

        Assert.Equal("listening on akka.tcp://testbed@127.0.0.1:4733", await LineAsync(node));
        using var limit = new CancellationTokenSource(Remote.Patience);
        Assert.StartsWith("warning: bound to 0.0.0.0:0", await node.StandardError.ReadLineAsync(limit.Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node { bnd = \"127.0.0.1:0\" }", "unknown key 'node.bnd'; there are node.bind, node.public, node.peer, node.wait, node.transport")]
    [InlineData("nod.bind = \"127.0.0.1:0\"", "unknown section 'nod'; there are 'node' and 'akka'")]
    [InlineData("node { bind = \"127.0.0.1:0\"", "the braces do not match")]
    [InlineData("node { bind = \"x\" }", "node.bind: 'x' is not host:port, for instance 192.168.1.10:4733")]
    [InlineData("node { wait = 30 }", "'30' is not a time between 1 ms and a day, for instance '30 s'")]
    public void A_mistake_in_a_file_is_one_line_that_names_it(string text, string error)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            Assert.Equal($"{file}: {error}", Assert.Throws<FormatException>(() => NodeSettings.Read(file)).Message);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_file_sets_what_the_command_line_can()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """
                node { bind = "10.0.0.1:1", public = "relay.example:2", peer = "[::1]:3", wait = 1.5 min } # "quoted" {
                akka.remote.dot-netty.tcp.batching.enabled = off
                """);
            var settings = NodeSettings.Read(file);
            Assert.Equal(new("10.0.0.1", 1), settings.Bind);
            Assert.Equal(new("relay.example", 2), settings.Public);
            Assert.Equal(new("::1", 3), settings.Peer);
            Assert.Equal(TimeSpan.FromSeconds(90), settings.Wait);
            Assert.False(Testbed.Node.Remoting.RemotingConfig.Build(settings.Remoting, settings.Bind).GetBoolean("akka.remote.dot-netty.tcp.batching.enabled", true));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private Process Start(params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(NodeExecutable.Find(), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _started.Add(process);
        return process;
    }

    private async Task FailsAsync(string line, params string[] arguments)
    {
        var node = Start(arguments);
        await EndedAsync(node, 2);
        Assert.Equal(line + Environment.NewLine, await node.StandardError.ReadToEndAsync());
    }

    private static async Task<string> LineAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Remote.Patience);
        return await process.StandardOutput.ReadLineAsync(limit.Token) ?? await process.StandardError.ReadToEndAsync(limit.Token);
    }

    private static async Task EndedAsync(Process process, int exitCode)
    {
        using var limit = new CancellationTokenSource(Remote.Patience);
        await process.WaitForExitAsync(limit.Token);
        Assert.Equal(exitCode, process.ExitCode);
    }
}
