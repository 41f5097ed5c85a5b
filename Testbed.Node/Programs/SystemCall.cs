using Akka.Actor;
using Testbed.Node.Network;
using Testbed.Node.Time;

namespace Testbed.Node.Programs;

/// <summary>
/// What a program asks of its kernel, and what it is told: the protocol between a process's actor and the kernel's. Each call hands the
/// processor to the kernel; the answer hands it back. A process makes one call at a time.
/// </summary>
public abstract record SystemCall : IHandOff
{
    /// <summary>Waits until <paramref name="Until"/>, to the next timer tick.</summary>
    public sealed record Sleep(Instant Until) : SystemCall;

    /// <summary>Opens a socket that listens on a TCP port.</summary>
    public sealed record Listen(ushort Port) : SystemCall;

    /// <summary>Waits for a connection to the listening socket. Answered with <see cref="Connected"/>.</summary>
    public sealed record Accept : SystemCall;

    /// <summary>Opens a TCP connection and waits until it is there. Answered with <see cref="Connected"/>.</summary>
    public sealed record Connect(Ipv4Address Address, ushort Port) : SystemCall;

    /// <summary>Writes all of the data to a socket, waiting for room as often as it takes. Answered with <see cref="Returned"/>.</summary>
    public sealed record Send(Socket Socket, ReadOnlyMemory<byte> Bytes) : SystemCall, ICarriesBytes
    {
        ReadOnlyMemory<byte> ICarriesBytes.Carried => Bytes;

        object ICarriesBytes.With(ReadOnlyMemory<byte> bytes) => this with { Bytes = bytes };
    }

    /// <summary>Reads what is there, waiting only if nothing is; 0 at the end of the stream. Answered with <see cref="Returned"/>.</summary>
    public sealed record Receive(Socket Socket, Memory<byte> Buffer) : SystemCall;

    /// <summary>Closes a socket: what was written is still sent. Answered with <see cref="Returned"/>.</summary>
    public sealed record Close(Socket Socket) : SystemCall;

    /// <summary>Sends an ICMP echo request from a raw socket.</summary>
    public sealed record SendEcho(Ipv4Address Address, ushort Identifier, ushort Sequence, ReadOnlyMemory<byte> Payload) : SystemCall;

    /// <summary>Waits for an ICMP echo reply, up to an instant. Answered with <see cref="EchoReceived"/>.</summary>
    public sealed record ReceiveEcho(ushort Identifier, Instant Until) : SystemCall;

    /// <summary>No call but the program's own code: it computes. Answered with <see cref="Returned"/> when it is done.</summary>
    /// <param name="WorkNs">How much: the nanoseconds that it takes at the cost table's reference clock, with nothing in between.</param>
    public sealed record Compute(long WorkNs) : SystemCall;

    /// <summary>The program ends.</summary>
    public sealed record Exit : SystemCall;

    /// <summary>A new process has the processor for the first time.</summary>
    public sealed record Started : SystemCall
    {
        /// <summary>The one there is.</summary>
        public static readonly Started Instance = new();
    }

    /// <summary>A call has come back.</summary>
    /// <param name="Result">Bytes moved, 0 for success, or −1 for an error.</param>
    /// <param name="Error">What went wrong; null if nothing did.</param>
    public sealed record Returned(int Result, string? Error) : SystemCall;

    /// <summary>A connection is there.</summary>
    /// <param name="Socket">It; null if it could not be had.</param>
    /// <param name="Error">What went wrong; null if nothing did.</param>
    public sealed record Connected(Socket? Socket, string? Error) : SystemCall;

    /// <summary>An echo reply has come, or the time is over.</summary>
    /// <param name="Reply">The reply; null when none came in time.</param>
    public sealed record EchoReceived(EchoReply? Reply) : SystemCall;
}

/// <summary>A program's handle on a connection; what it stands for is the kernel's business.</summary>
public abstract class Socket;

/// <summary>What every program has: a kernel to call, and somebody who takes the experiment's times.</summary>
/// <param name="Kernel">The kernel it runs under.</param>
/// <param name="Measurement">Hears of milestones (<see cref="Cable.CableEnd.MilestoneReached"/>) and of failure (<see cref="ProgramFailed"/>).</param>
public sealed record ProgramEnvironment(IActorRef Kernel, IActorRef Measurement);

/// <summary>A program could not do what the experiment asks of it: the run fails.</summary>
/// <param name="Reason">Why, in one line.</param>
public sealed record ProgramFailed(string Reason) : ISignal;

/// <summary>A program is gone without having finished, as faults have it: the run fails, if nothing else ends it before.</summary>
/// <param name="Reason">Why, in one line.</param>
public sealed record ProgramLost(string Reason) : ISignal;
