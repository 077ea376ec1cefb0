using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The invalidations that a function has received and not completed. Each is applied in a step of its own. It removes cached translations, and marks
/// translation requests in flight so that their results are not cached. The completion is sent when no outstanding read uses a removed translation. It is
/// posted, so it follows all writes and page requests (PCIe, ATS Invalidation).
/// </summary>
internal sealed class PendingInvalidations(EmulatedFunction function, FunctionOptions options, AtsCapability ats)
{
    private const int Tags = 32;

    private static readonly Action<object?> ApplyNext = static self => ((PendingInvalidations)self!).Apply();

    private readonly Queue<InvalidateRequestMessage> _received = [];
    private readonly List<Applied> _applied = [];

    /// <summary>The number of invalidations that exceeded the queue depth. They are lost and never complete.</summary>
    public long Lost { get; private set; }

    public void Receive(in InvalidateRequestMessage message)
    {
        if (function.Does(DeviceMisbehaviour.IgnoresInvalidation))
            return;
        if (_received.Count + _applied.Count >= options.InvalidateQueueDepth)
        {
            Lost++;
            return;
        }

        _received.Enqueue(message);
        function.Post(ApplyNext, this, "invalidation");
    }

    /// <summary>Completes the invalidations without outstanding reads.</summary>
    public void CompleteFinished()
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

    public void Clear()
    {
        _received.Clear();
        _applied.Clear();
    }

    private void Apply()
    {
        if (!_received.TryDequeue(out InvalidateRequestMessage message))
            return;
        DeviceTlbRange range = RangeOf(message);
        if (!function.Does(DeviceMisbehaviour.KeepsInvalidatedTranslations))
        {
            ats.Tlb.Invalidate(message, range);
            function.Requests.InvalidateTranslations(message, range);
        }

        _applied.Add(new Applied(message, range, function.Requests.Started));
        CompleteFinished();
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
        await function.Hardware.Delay(options.LateCompletionDelay);
        Send(done);
    }

    private void Send(uint done)
    {
        InvalidateCompletionMessage message = new(function.RequesterId, done);
        function.Port.Send(message);
        if (function.Does(DeviceMisbehaviour.CompletesInvalidationTwice))
            function.Port.Send(message);
    }

    // S, bit 11 of the address: the range is larger than a page.
    private static DeviceTlbRange RangeOf(in InvalidateRequestMessage message) =>
        DeviceTlbRange.Decode(message.AddressAndSize, (message.AddressAndSize & 1 << 11) != 0);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Applied(InvalidateRequestMessage Message, DeviceTlbRange Range, long RequestsBefore);
}
