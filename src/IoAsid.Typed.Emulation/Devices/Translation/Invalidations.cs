using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The invalidations a function was sent and has not completed. Each is worked on in a step of its own: translations go, those
/// under way are not to be kept, and when the reads that still use them are done the completion is sent, behind every write and
/// page request (PCIe, ATS Invalidation).
/// </summary>
internal sealed class Invalidations(EmulatedFunction function, FunctionOptions options, AtsCapability ats)
{
    private const int Tags = 32;

    private static readonly Action<object?> WorkOnNext = static self => ((Invalidations)self!).WorkOn();

    private readonly Queue<InvalidateRequestMessage> _received = [];
    private readonly List<Applied> _applied = [];

    /// <summary>How many were sent beyond the depth of the queue; they are lost, and never complete.</summary>
    public long OverDepth { get; private set; }

    public void Receive(in InvalidateRequestMessage message)
    {
        if (function.Does(DeviceMisbehaviour.IgnoresInvalidation))
            return;
        if (_received.Count + _applied.Count >= options.InvalidateQueueDepth)
        {
            OverDepth++;
            return;
        }

        _received.Enqueue(message);
        function.Post(WorkOnNext, this, "invalidation");
    }

    /// <summary>Completes those that no read stands in the way of any more.</summary>
    public void CompleteThoseDone()
    {
        uint done = 0;
        for (int at = 0; at < _applied.Count; at++)
        {
            Applied applied = _applied[at];
            if (function.Requests.AnyUses(applied.Message, applied.Range, applied.RequestsBefore))
                continue;
            done |= 1u << applied.Message.Tag;
            _applied.RemoveAt(at--);
        }

        if (done != 0)
            Complete(done);
    }

    public void Forget()
    {
        _received.Clear();
        _applied.Clear();
    }

    private void WorkOn()
    {
        if (!_received.TryDequeue(out InvalidateRequestMessage message))
            return;
        DeviceTlbRange range = RangeOf(message);
        if (!function.Does(DeviceMisbehaviour.KeepsInvalidated))
        {
            ats.Tlb.Invalidate(message, range);
            function.Requests.SpoilTranslations(message, range);
        }

        _applied.Add(new Applied(message, range, function.Requests.Begun));
        CompleteThoseDone();
    }

    private void Complete(uint done)
    {
        if (function.Does(DeviceMisbehaviour.CompletesWithWrongTag))
            done = uint.RotateLeft(done, Tags / 2);
        if (function.Does(DeviceMisbehaviour.CompletesInvalidationLate))
            CompleteLate(done);
        else
            Send(done);
    }

    private async void CompleteLate(uint done)
    {
        await function.Hardware.Delay(options.LateBy);
        Send(done);
    }

    private void Send(uint done)
    {
        InvalidateCompletionMessage message = new(function.RequesterId, done);
        function.Port.Send(message);
        if (function.Does(DeviceMisbehaviour.CompletesTwice))
            function.Port.Send(message);
    }

    // Bit 11 of the address is S: the range is larger than a page.
    private static DeviceTlbRange RangeOf(in InvalidateRequestMessage message) =>
        DeviceTlbRange.Decode(message.AddressAndSize, (message.AddressAndSize & 1 << 11) != 0);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Applied(InvalidateRequestMessage Message, DeviceTlbRange Range, long RequestsBefore);
}
