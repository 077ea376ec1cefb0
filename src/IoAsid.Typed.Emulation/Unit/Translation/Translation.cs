using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The outcome of a request to one page. It has two words, which a processor returns in registers.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct Translation
{
    private const int ReasonPlace = 8;
    private const ulong Unreported = 1UL << 16;
    private const ulong FromCache = 1UL << 17;
    private const ulong ForSupervisor = 1UL << 18;

    private const PageRights Everything =
        PageRights.Read | PageRights.Write | PageRights.SupervisorWrite | PageRights.User | PageRights.Dirty;

    // From the lowest bit: the kind and the reason, 8 bits each, three flags, and PageDetails in the upper 16 bits.
    private readonly ulong _details;

    private Translation(ulong address, ulong details)
    {
        Address = address;
        _details = details;
    }

    /// <summary>The output address of the requested address.</summary>
    public ulong Address { get; }

    public TranslationKind Kind => (TranslationKind)(byte)_details;

    /// <summary>The binary logarithm of the size of the page in bytes.</summary>
    public int PageShift => TranslationTables.ShiftOf(new PageDetails(_details).Level);

    public PageRights Rights => new PageDetails(_details).Rights;

    /// <summary>The fault reason of a blocked request; none if the request is blocked without a record.</summary>
    public FaultReason Reason => (FaultReason)(byte)(_details >> ReasonPlace);

    /// <summary>Gets a value indicating whether the fault is not recorded because FPD is set.</summary>
    public bool IsUnreported => (_details & Unreported) != 0;

    /// <summary>Gets a value indicating whether the translation comes from the IOTLB.</summary>
    public bool IsCached => (_details & FromCache) != 0;

    /// <summary>Gets a value indicating whether the rights are those of a supervisor because RID_PRIV is set.</summary>
    public bool IsForSupervisor => (_details & ForSupervisor) != 0;

    public static Translation Blocked(FaultReason reason, bool unreported) =>
        new(0, (ulong)TranslationKind.Blocked | (ulong)reason << ReasonPlace | (unreported && reason.IsQualified() ? Unreported : 0));

    public static Translation Identity(ulong address) => OfSmallPage(address, TranslationKind.Identity, Everything);

    public static Translation Interrupt(ulong address) => OfSmallPage(address, TranslationKind.Interrupt, PageRights.None);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Translation Walked(WalkResult result) => new(result.Address, (ulong)TranslationKind.Mapped | result.Details.Bits);

    /// <summary>Returns the translation of an address in a cached page.</summary>
    public static Translation Cached(in CachedTranslation cached, ulong input)
    {
        TranslationKind kind = cached.IsPassThrough ? TranslationKind.Identity : TranslationKind.Mapped;
        ulong page = cached.Details.Without(PageRights.PassThrough).Bits & PageDetails.Mask;
        return new(cached.Output | (input & ((1UL << cached.PageShift) - 1)), (ulong)kind | FromCache | page);
    }

    /// <summary>Returns the same translation for a page of another level.</summary>
    public Translation WithLevel(int level) => new(Address, _details & ~PageDetails.Mask | new PageDetails(level, firstStageLevel: 0, Rights).Bits);

    /// <summary>Returns the same translation with the rights of a supervisor.</summary>
    public Translation AsForSupervisor() => new(Address, _details | ForSupervisor);

    private static Translation OfSmallPage(ulong address, TranslationKind kind, PageRights rights) =>
        new(address, (ulong)kind | new PageDetails(level: 1, firstStageLevel: 0, rights).Bits);
}
