using Akka.Actor;
using Testbed.Node.Experiments;
using Testbed.Protocol;

namespace Testbed.Node.Remoting;

/// <summary>
/// The model's end of a <see cref="CableLink"/>: numbers batches and hands them to Akka.Remote from the caller's own thread, so that
/// nothing lies between the model's loop and the transport. The link's actor opens and closes it.
/// </summary>
public sealed class CableSender : ICableLink
{
    private readonly Lock _gate = new();
    private IActorRef? _peer;
    private IActorRef _link = ActorRefs.Nobody;
    private bool _closed;
    private long _sent;

    /// <summary>Batches sent so far; the number of the last.</summary>
    public long Sent
    {
        get
        {
            lock (_gate)
                return _sent;
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

            // Akka would log and drop it, and the peer would wait for it.
            var bytes = batch.CalculateSize();
            if (bytes > Wire.BatchLimitBytes)
            {
                _closed = true;
                _link.Tell(new CableLink.SendFailed($"a batch of {bytes} bytes, of which {Wire.BatchLimitBytes} are allowed"));
                return;
            }

            _sent++;
            _peer.Tell(batch, _link);
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

    /// <summary>Tells the peer how far this direction has come; in the same order as the batches.</summary>
    internal void SendStatus()
    {
        lock (_gate)
        {
            if (!_closed)
                _peer?.Tell(new CableStatus { Sent = _sent }, _link);
        }
    }

    /// <summary>Says so to the peer, behind the last batch, and sends nothing more.</summary>
    internal void Close(string reason)
    {
        lock (_gate)
        {
            _closed = true;
            _peer?.Tell(new CableClosed { Sent = _sent, Reason = reason }, _link);
            _peer = null;
        }
    }
}
