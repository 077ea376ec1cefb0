using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// Invalidations on their way to device TLBs: sent with a tag, complete when the device says so, overdue when it does not (PCIe, ATS invalidation;
/// VT-d 6.5.2.9). In the order in which they were sent they have numbers, from 1.
/// </summary>
internal sealed class DeviceTlbInvalidations : IDisposable
{
    private const int Tags = 32;

    private readonly IDownstreamPort _port;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _timeout;
    private readonly ITimer _timer;
    private readonly List<Outstanding> _outstanding = [];
    private readonly Dictionary<ushort, int> _lastTags = [];

    /// <param name="port">Sends them.</param>
    /// <param name="clock">Measures how long they take.</param>
    /// <param name="timeout">How long each may take.</param>
    public DeviceTlbInvalidations(IDownstreamPort port, TimeProvider clock, TimeSpan timeout)
    {
        _port = port;
        _clock = clock;
        _timeout = timeout;
        _timer = clock.CreateTimer(_ => CheckDeadlines(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The number of the last one sent; 0 before the first.</summary>
    public long LastSent { get; private set; }

    /// <summary>Told when one has completed.</summary>
    public Action? Completed { get; set; }

    /// <summary>Told of each one that has completed, as it was sent.</summary>
    public Action<InvalidateRequestMessage>? CompletedOne { get; set; }

    /// <summary>Told of a device that did not complete one in time. It is forgotten by then.</summary>
    public Action<RequesterId>? TimedOut { get; set; }

    /// <summary>Told of a device that completed one that was not under way.</summary>
    public Action<RequesterId>? UnexpectedCompletion { get; set; }

    /// <summary>Whether all up to a number have completed.</summary>
    public bool HaveCompleted(long number) => _outstanding.Count == 0 || _outstanding[0].Number > number;

    /// <summary>Whether a device can take one more.</summary>
    /// <param name="target">The device.</param>
    /// <param name="maximum">How many it can take, as the descriptor says; 0 is 32.</param>
    public bool CanSend(RequesterId target, int maximum) => CountOf(target) < (maximum == 0 ? Tags : maximum);

    /// <summary>Sends one; <see cref="CanSend"/> must hold.</summary>
    /// <param name="message">What to invalidate; the tag is given here.</param>
    public void Send(in InvalidateRequestMessage message)
    {
        int tag = FreeTagOf(message.Target);
        InvalidateRequestMessage sent = message with { Tag = tag };
        _outstanding.Add(new Outstanding(++LastSent, sent, _clock.GetTimestamp()));
        if (_outstanding.Count == 1)
            SetTimer();
        _port.Send(sent);
    }

    /// <summary>Takes a completion from a device.</summary>
    /// <param name="message">The tags that are done.</param>
    public void Receive(in InvalidateCompletionMessage message)
    {
        uint unexpected = 0;
        for (int tag = 0; tag < Tags; tag++)
        {
            if ((message.Tags >> tag & 1) != 0 && !TryComplete(message.Requester, tag))
                unexpected |= 1u << tag;
        }

        // Tags under way come first, whatever else the message says (VT-d 4.3).
        if (unexpected != 0)
            UnexpectedCompletion?.Invoke(message.Requester);
        Completed?.Invoke();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private bool TryComplete(RequesterId requester, int tag)
    {
        int index = IndexOf(requester, tag);
        if (index < 0)
            return false;
        InvalidateRequestMessage completed = _outstanding[index].Message;
        _outstanding.RemoveAt(index);
        if (index == 0)
            SetTimer();
        CompletedOne?.Invoke(completed);
        return true;
    }

    private void CheckDeadlines()
    {
        while (_outstanding.Count > 0 && _clock.GetElapsedTime(_outstanding[0].SentAt) >= _timeout)
        {
            RequesterId target = _outstanding[0].Message.Target;
            _outstanding.RemoveAt(0);
            TimedOut?.Invoke(target);
        }

        SetTimer();
    }

    private void SetTimer()
    {
        if (_outstanding.Count == 0)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        TimeSpan left = _timeout - _clock.GetElapsedTime(_outstanding[0].SentAt);
        _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private int CountOf(RequesterId target)
    {
        int count = 0;
        foreach (Outstanding invalidation in _outstanding)
            count += invalidation.Message.Target == target ? 1 : 0;
        return count;
    }

    // The one after the last: a completion that comes too late finds its tag unused, and is not taken for another's.
    private int FreeTagOf(RequesterId target)
    {
        int last = _lastTags.GetValueOrDefault(target.Value, Tags - 1);
        for (int step = 1; step <= Tags; step++)
        {
            int tag = (last + step) % Tags;
            if (IndexOf(target, tag) >= 0)
                continue;
            _lastTags[target.Value] = tag;
            return tag;
        }

        throw new InvalidOperationException($"All {Tags} tags of {target} are under way.");
    }

    private int IndexOf(RequesterId target, int tag)
    {
        for (int index = 0; index < _outstanding.Count; index++)
        {
            if (_outstanding[index].Message.Target == target && _outstanding[index].Message.Tag == tag)
                return index;
        }

        return -1;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Outstanding(long Number, InvalidateRequestMessage Message, long SentAt);
}
