using Akka.Actor;
using Testbed.Node.Experiments;
using Testbed.Protocol;

namespace Testbed.Node.Remoting;

/// <summary>
/// The model's end of a <see cref="CableLink"/>: numbers batches and hands them to Akka.Remote from the caller's own thread, so that
/// nothing lies between the model's loop and the transport. Keeps each until the peer has acknowledged it, since Akka.Remote delivers at most
/// once. The link's actor opens and closes it, and has it send again what was lost.
/// </summary>
public sealed class CableSender : ICableLink
{
    // A timeline runs no further than its peer's reports admit, and those acknowledge: a few are kept, and never so many.
    private const int KeptLimit = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<CableBatch> _kept = new(64);
    private IActorRef? _peer;
    private IActorRef _link = ActorRefs.Nobody;
    private bool _closed;
    private string _closedFor = "";
    private long _sent;
    private long _received;

    /// <summary>Batches sent so far; the number of the last.</summary>
    public long Sent
    {
        get
        {
            lock (_gate)
                return _sent;
        }
    }

    /// <summary>Batches that have come in the other direction, without gaps; told to the peer with whatever is sent.</summary>
    internal long Received
    {
        get => Volatile.Read(ref _received);
        set => Volatile.Write(ref _received, value);
    }

    /// <summary>Whether the peer has all that was sent.</summary>
    internal bool IsAcknowledged
    {
        get
        {
            lock (_gate)
                return _kept.Count == 0;
        }
    }

    /// <summary>
    /// Gives the batch its number and sends it; it must not be changed afterwards. After the link is closed or has failed it does nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">The peer has not been met yet: a run starts when the cable is joined.</exception>
    public void Send(CableBatch batch)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            if (_peer is null)
                throw new InvalidOperationException("a batch was sent before the cable was joined");
            batch.Number = _sent + 1;
            batch.Received = Received;

            // Akka would log and drop it, and the peer would wait for it.
            var bytes = batch.CalculateSize();
            if (bytes > Wire.BatchLimitBytes)
                Fail($"a batch of {bytes} bytes, of which {Wire.BatchLimitBytes} are allowed");
            else if (_kept.Count == KeptLimit)
                Fail($"{KeptLimit} batches that the peer has not acknowledged");
            else
            {
                _sent++;
                _kept.Enqueue(batch);
                _peer.Tell(batch, _link);
            }
        }
    }

    internal void Open(IActorRef peer, IActorRef link)
    {
        lock (_gate)
        {
            _peer = peer;
            _link = link;
        }
    }

    /// <summary>The peer has all batches up to this one.</summary>
    /// <returns>False when there never was such a batch.</returns>
    internal bool Acknowledge(long received)
    {
        lock (_gate)
        {
            if (received > _sent)
                return false;
            while (_kept.TryPeek(out var batch) && batch.Number <= received)
                _kept.Dequeue();
            return true;
        }
    }

    /// <summary>Sends again, in order, what the peer has not acknowledged, and the closing word if that was said.</summary>
    internal void SendAgain()
    {
        lock (_gate)
        {
            foreach (var batch in _kept)
                _peer?.Tell(batch, _link);
            if (_closed)
                TellClosed();
        }
    }

    /// <summary>Tells the peer how far both directions have come, behind the batches.</summary>
    internal void SendStatus()
    {
        lock (_gate)
            _peer?.Tell(new CableStatus { Sent = _sent, Received = Received }, _link);
    }

    /// <summary>The same from time to time; once closed, that word again.</summary>
    internal void SendSign()
    {
        lock (_gate)
        {
            if (_closed)
                TellClosed();
            else
                SendStatus();
        }
    }

    /// <summary>Asks for all that follows what has come.</summary>
    internal void SendMissing()
    {
        lock (_gate)
            _peer?.Tell(new CableMissing { Received = Received }, _link);
    }

    /// <summary>Says so to the peer, behind the last batch, and sends nothing new any more; the first reason stays.</summary>
    internal void Close(string reason)
    {
        lock (_gate)
        {
            if (!_closed)
                (_closed, _closedFor) = (true, reason);
            TellClosed();
        }
    }

    private void TellClosed() => _peer?.Tell(new CableClosed { Sent = _sent, Reason = _closedFor, Received = Received }, _link);

    private void Fail(string reason)
    {
        (_closed, _closedFor) = (true, reason);
        _link.Tell(new CableLink.SendFailed(reason));
    }
}
