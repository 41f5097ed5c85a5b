using Testbed.Node.Time;

namespace Testbed.Node.Network;

/// <summary>
/// The neighbours' Ethernet addresses, and the packets that wait for one. Bounded in both.
/// Simpler than Linux 2.2's <c>net/core/neighbour.c</c>: an address is believed for a lifetime that every sign of life renews,
/// and asked for again by broadcast afterwards; there is no unicast probing in between.
/// </summary>
internal sealed class ArpCache(InetSettings settings, InetStack stack)
{
    private readonly List<Entry> _entries = new(4);
    private Entry? _last;

    /// <summary>When <see cref="OnTimer"/> has something to do.</summary>
    public Instant NextTimer
    {
        get
        {
            var next = Instant.Never;
            foreach (var entry in _entries)
            {
                if (!entry.IsResolved)
                    next = Instant.Min(next, entry.Deadline);
            }

            return next;
        }
    }

    /// <summary>Sends the frame as soon as the neighbour's address is known: now, after a reply, or never.</summary>
    public void Send(Ipv4Address to, in OutgoingFrame frame, Instant now)
    {
        var entry = Find(to);
        if (entry is { IsResolved: true } && now < entry.Deadline)
        {
            entry.Used = now;
            Complete(entry, frame);
            return;
        }

        if (entry is null)
        {
            MakeRoom();
            entry = new Entry { Address = to };
            _entries.Add(entry);
        }

        if (entry.IsResolved || entry.Tries == 0)
        {
            entry.IsResolved = false;
            entry.Tries = 0;
            entry.Waiting ??= new Queue<OutgoingFrame>(settings.ArpQueueLength);
            Ask(entry, now);
        }

        entry.Used = now;
        if (entry.Waiting!.Count >= settings.ArpQueueLength)
        {
            // As Linux: the oldest goes, for TCP's newest segment is the likelier one to be of use.
            stack.Counting.ArpQueueDrops++;
            stack.Drop(entry.Waiting.Dequeue());
        }

        entry.Waiting.Enqueue(frame);
    }

    /// <summary>Takes in what a neighbour said of itself.</summary>
    /// <param name="address">Its IPv4 address.</param>
    /// <param name="mac">Its Ethernet address.</param>
    /// <param name="create">Whether to remember a neighbour that nobody asked for (it asked for us: RFC 826).</param>
    /// <param name="now">The instant.</param>
    public void Learn(Ipv4Address address, MacAddress mac, bool create, Instant now)
    {
        var entry = Find(address);
        if (entry is null)
        {
            if (!create)
                return;
            MakeRoom();
            entry = new Entry { Address = address };
            _entries.Add(entry);
        }

        entry.Mac = mac;
        entry.IsResolved = true;
        entry.Tries = 0;
        entry.Used = now;
        entry.Deadline = now + settings.ArpLifetime;
        while (entry.Waiting is { Count: > 0 })
            Complete(entry, entry.Waiting.Dequeue());
    }

    /// <summary>Renews the belief in a neighbour's address: it answered something (RFC 1122 section 2.3.2.1).</summary>
    public void Confirm(Ipv4Address address, Instant now)
    {
        if (Find(address) is { IsResolved: true } entry)
            entry.Deadline = now + settings.ArpLifetime;
    }

    /// <summary>Asks again, or gives up and drops what waits.</summary>
    public void OnTimer(Instant now)
    {
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            var entry = _entries[i];
            if (entry.IsResolved || now < entry.Deadline)
                continue;
            if (entry.Tries < settings.ArpTries)
                Ask(entry, now);
            else
                Remove(i);
        }
    }

    private void Ask(Entry entry, Instant now)
    {
        entry.Tries++;
        entry.Deadline = now + settings.ArpRetryInterval;
        stack.Counting.ArpRequestsSent++;
        stack.Enqueue(new OutgoingFrame(
            Arp.RequestFrame(settings.Mac, settings.Address, entry.Address), FrameKind.Arp, 0, entry.Tries > 1, null, 0));
    }

    private void Complete(Entry entry, in OutgoingFrame frame)
    {
        entry.Mac.Write(frame.Bytes);
        stack.Enqueue(frame);
    }

    private Entry? Find(Ipv4Address address)
    {
        if (_last is not null && _last.Address == address)
            return _last;
        foreach (var entry in _entries)
        {
            if (entry.Address == address)
                return _last = entry;
        }

        return null;
    }

    private void MakeRoom()
    {
        if (_entries.Count < settings.ArpEntries)
            return;
        var oldest = 0;
        for (var i = 1; i < _entries.Count; i++)
        {
            if (_entries[i].Used < _entries[oldest].Used)
                oldest = i;
        }

        Remove(oldest);
    }

    private void Remove(int index)
    {
        var entry = _entries[index];
        _entries.RemoveAt(index);
        if (_last == entry)
            _last = null;
        while (entry.Waiting is { Count: > 0 })
        {
            stack.Counting.ArpUnresolvedDrops++;
            stack.Drop(entry.Waiting.Dequeue());
        }
    }

    private sealed class Entry
    {
        public required Ipv4Address Address { get; init; }

        public MacAddress Mac { get; set; }

        public bool IsResolved { get; set; }

        public int Tries { get; set; }

        /// <summary>When the belief ends, or when to ask again.</summary>
        public Instant Deadline { get; set; }

        public Instant Used { get; set; }

        public Queue<OutgoingFrame>? Waiting { get; set; }
    }
}
