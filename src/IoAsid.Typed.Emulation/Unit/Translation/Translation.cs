using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>What becomes of a request to one page.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct Translation
{
    public TranslationKind Kind { get; private init; }

    /// <summary>Where it goes: the translation of the very address asked for.</summary>
    public ulong Address { get; private init; }

    /// <summary>Binary logarithm of how many bytes the translation is good for, aligned to as many.</summary>
    public int PageShift { get; init; }

    public PageRights Rights { get; private init; }

    /// <summary>Why it is refused; none if it is refused without a reason (abort-DMA mode).</summary>
    public FaultReason Reason { get; private init; }

    /// <summary>The reason is not recorded, as FPD says.</summary>
    public bool IsUnreported { get; private init; }

    /// <summary>It came out of the IOTLB, with this tag.</summary>
    public bool IsCached { get; private init; }

    /// <summary>Gets a value indicating whether the rights are those of a supervisor although the request does not say so (RID_PRIV).</summary>
    public bool IsForSupervisor { get; init; }

    public static Translation Blocked(FaultReason reason, bool unreported) =>
        new() { Kind = TranslationKind.Blocked, Reason = reason, IsUnreported = unreported && reason.IsQualified() };

    public static Translation Identity(ulong address) =>
        new() { Kind = TranslationKind.Identity, Address = address, PageShift = 12, Rights = Everything };

    public static Translation Interrupt(ulong address) =>
        new() { Kind = TranslationKind.Interrupt, Address = address, PageShift = 12 };

    public static Translation Walked(in WalkResult result) =>
        new() { Kind = TranslationKind.Mapped, Address = result.Address, PageShift = result.PageShift, Rights = result.Rights };

    public static Translation Cached(in CachedTranslation cached, ulong input) => new()
    {
        Kind = cached.IsPassThrough ? TranslationKind.Identity : TranslationKind.Mapped,
        Address = cached.Output | input & ((1UL << cached.PageShift) - 1),
        PageShift = cached.PageShift,
        Rights = cached.Rights & ~PageRights.PassThrough,
        IsCached = true,
    };

    private const PageRights Everything =
        PageRights.Read | PageRights.Write | PageRights.SupervisorWrite | PageRights.User | PageRights.Dirty;
}
