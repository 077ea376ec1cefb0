namespace IoAsid.Typed.Emulation;

/// <summary>A non-posted request that waits for its completion.</summary>
internal sealed class PendingRequest : Awaitable<RequestStatus>
{
    public PendingRequest(int tag) => Tag = tag;

    public int Tag { get; }

    /// <summary>The zero-based sequence number in the order of the start.</summary>
    public long Number { get; set; }

    public bool IsUnderWay { get; set; }

    public PasidPrefix Prefix { get; set; }

    /// <summary>The untranslated address.</summary>
    public ulong Address { get; set; }

    /// <summary>The kind of request.</summary>
    public PendingKind Kind { get; set; }

    /// <summary>The destination of the bytes of a read.</summary>
    public Memory<byte> Destination { get; set; }

    /// <summary>The value in memory before an AtomicOp.</summary>
    public ulong Previous { get; set; }

    /// <summary>The first entry of a translation completion.</summary>
    public TranslationEntry Translation { get; set; }

    /// <summary>Gets or sets a value indicating whether an invalidation arrived after the translation request was sent. The result must not be cached.</summary>
    public bool IsInvalidated { get; set; }
}
