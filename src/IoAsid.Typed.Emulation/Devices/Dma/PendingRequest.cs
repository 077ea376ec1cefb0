namespace IoAsid.Typed.Emulation;

/// <summary>A request under way that a completion will answer.</summary>
internal sealed class PendingRequest : Awaitable<RequestEnd>
{
    public PendingRequest(int tag) => Tag = tag;

    public int Tag { get; }

    /// <summary>The order of beginning.</summary>
    public long Number { get; set; }

    public bool IsUnderWay { get; set; }

    public PasidPrefix Prefix { get; set; }

    /// <summary>The untranslated address.</summary>
    public ulong Address { get; set; }

    /// <summary>
    /// What it is: a read or AtomicOp by a translation from the device TLB, one without, or a translation request.
    /// </summary>
    public PendingKind Kind { get; set; }

    /// <summary>Takes what is read.</summary>
    public Memory<byte> Destination { get; set; }

    /// <summary>What was there before an AtomicOp.</summary>
    public ulong Previous { get; set; }

    /// <summary>The first translation that was given.</summary>
    public TranslationEntry Translation { get; set; }

    /// <summary>An invalidation has come after the translation request: what it is given must not be kept.</summary>
    public bool IsSpoilt { get; set; }
}
