using System.Threading.Tasks.Sources;

namespace IoAsid.Typed.Emulation;

/// <summary>A request under way that a completion will answer.</summary>
internal sealed class PendingRequest : IValueTaskSource<RequestEnd>
{
    private AwaitCore<RequestEnd> _core;

    public PendingRequest(int tag) => Tag = tag;

    public int Tag { get; }

    /// <summary>The order of beginning.</summary>
    public long Number { get; set; }

    public bool IsUnderWay { get; set; }

    public PasidPrefix Prefix { get; set; }

    /// <summary>The untranslated address.</summary>
    public ulong Address { get; set; }

    /// <summary>What it is: a read or AtomicOp by a translation from the device TLB, one without, or a translation request.</summary>
    public PendingKind Kind { get; set; }

    /// <summary>Takes what is read.</summary>
    public Memory<byte> Destination { get; set; }

    /// <summary>What was there before an AtomicOp.</summary>
    public ulong Previous { get; set; }

    /// <summary>The first translation that was given.</summary>
    public TranslationEntry Translation { get; set; }

    /// <summary>An invalidation has come after the translation request: what it is given must not be kept.</summary>
    public bool IsSpoilt { get; set; }

    /// <summary>Complete with its end, once.</summary>
    public ValueTask<RequestEnd> Task => new(this, _core.Token);

    public void End(RequestEnd end) => _core.Set(end);

    RequestEnd IValueTaskSource<RequestEnd>.GetResult(short token) => _core.Take(token);

    ValueTaskSourceStatus IValueTaskSource<RequestEnd>.GetStatus(short token) => _core.Status(token);

    void IValueTaskSource<RequestEnd>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.GoOnWith(continuation, state, token);
}
