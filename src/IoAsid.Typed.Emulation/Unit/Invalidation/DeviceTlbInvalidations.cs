using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The outstanding device-TLB invalidations. Each has a tag, and ends when the device sends the completion or when its timeout expires (PCIe, ATS invalidation;
/// VT-d 4.3). Invalidations are numbered from 1 in the order of sending.
/// </summary>
internal sealed class DeviceTlbInvalidations : IDisposable
{
    private const int Tags = 32;

    private readonly IDownstreamPort _port;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _timeout;
    private readonly IDeviceTlbObserver _observer;
    private readonly ITimer _timer;
    private readonly List<Outstanding> _outstanding = [];
    private readonly Dictionary<ushort, int> _lastTags = [];

    /// <param name="port">The port that sends the invalidations.</param>
    /// <param name="clock">The clock of the timeouts.</param>
    /// <param name="timeout">The timeout of each invalidation, in virtual time.</param>
    /// <param name="observer">The observer of completions and timeouts.</param>
    public DeviceTlbInvalidations(IDownstreamPort port, TimeProvider clock, TimeSpan timeout, IDeviceTlbObserver observer)
    {
        _port = port;
        _clock = clock;
        _timeout = timeout;
        _observer = observer;
        _timer = clock.CreateTimer(_ => CheckDeadlines(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The number of the last invalidation that was sent; 0 before the first.</summary>
    public long LastSent { get; private set; }

    /// <summary>Returns true if all invalidations up to a number have ended.</summary>
    public bool HaveCompleted(long number) => _outstanding.Count == 0 || _outstanding[0].Number > number;

    /// <summary>Returns true if a device can accept another invalidation.</summary>
    /// <param name="target">The device.</param>
    /// <param name="function">The function whose outstanding invalidations the limit counts: the device, or its physical function.</param>
    /// <param name="maximum">The limit of outstanding invalidations in the descriptor; 0 is 32.</param>
    public bool CanSend(RequesterId target, RequesterId function, int maximum)
    {
        int ofTarget = 0;
        int ofFunction = 0;
        foreach (Outstanding invalidation in _outstanding)
        {
            ofTarget += invalidation.Message.Target == target ? 1 : 0;
            ofFunction += invalidation.Function == function ? 1 : 0;
        }

        return ofTarget < Tags && ofFunction < (maximum == 0 ? Tags : maximum);
    }

    /// <summary>Sends an invalidation. <see cref="CanSend"/> must be true.</summary>
    /// <param name="message">The message. This method sets the tag.</param>
    /// <param name="function">The function whose limit of outstanding invalidations counts this one.</param>
    public void Send(in InvalidateRequestMessage message, RequesterId function)
    {
        int tag = FreeTagOf(message.Target);
        InvalidateRequestMessage sent = message with { Tag = tag };
        _outstanding.Add(new Outstanding(++LastSent, sent, function, _clock.GetTimestamp()));
        if (_outstanding.Count == 1)
            SetTimer();
        _port.Send(sent);
    }

    /// <summary>Receives a completion message.</summary>
    /// <param name="message">The message with the completed tags.</param>
    public void Receive(in InvalidateCompletionMessage message)
    {
        uint unexpected = 0;
        for (int tag = 0; tag < Tags; tag++)
        {
            if ((message.Tags >> tag & 1) != 0 && !TryComplete(message.Requester, tag))
                unexpected |= 1u << tag;
        }

        // Outstanding tags complete before unexpected tags are reported (VT-d 4.3).
        if (unexpected != 0)
            _observer.UnexpectedCompletionReceived(message.Requester);
        _observer.CompletionReceived();
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
        _observer.InvalidationCompleted(completed);
        return true;
    }

    private void CheckDeadlines()
    {
        while (_outstanding.Count > 0 && _clock.GetElapsedTime(_outstanding[0].SentAt) >= _timeout)
        {
            RequesterId target = _outstanding[0].Message.Target;
            _outstanding.RemoveAt(0);
            _observer.InvalidationTimedOut(target);
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

    // Tags are used in turn, so that a late completion does not match another invalidation.
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

        throw new InvalidOperationException($"All {Tags} tags of {target} are outstanding. Check CanSend first.");
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
    private readonly record struct Outstanding(long Number, InvalidateRequestMessage Message, RequesterId Function, long SentAt);
}
