using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The outcome of a request to one page. It has two words, which a processor returns in registers.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct Translation
{
    private const int ShiftPlace = 8;
    private const int RightsPlace = 16;
    private const int ReasonPlace = 24;
    private const ulong Unreported = 1UL << 32;
    private const ulong FromCache = 1UL << 33;
    private const ulong ForSupervisor = 1UL << 34;

    private const PageRights Everything =
        PageRights.Read | PageRights.Write | PageRights.SupervisorWrite | PageRights.User | PageRights.Dirty;

    // From the lowest bit: the kind, the page shift, the rights and the reason, 8 bits each, and three flags.
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
    public int PageShift => (byte)(_details >> ShiftPlace);

    public PageRights Rights => (PageRights)(byte)(_details >> RightsPlace);

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

    public static Translation Identity(ulong address) => new(address, Details(TranslationKind.Identity, 12, Everything));

    public static Translation Interrupt(ulong address) => new(address, Details(TranslationKind.Interrupt, 12, PageRights.None));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Translation Walked(in WalkResult result) => new(result.Address, Details(TranslationKind.Mapped, result.PageShift, result.Rights));

    /// <summary>Returns the translation of an address in a cached page.</summary>
    public static Translation Cached(in CachedTranslation cached, ulong input)
    {
        int shift = cached.PageShift;
        TranslationKind kind = cached.IsPassThrough ? TranslationKind.Identity : TranslationKind.Mapped;
        return new(cached.Output | (input & ((1UL << shift) - 1)), Details(kind, shift, cached.Rights & ~PageRights.PassThrough) | FromCache);
    }

    /// <summary>Returns the same translation for a page of another size.</summary>
    public Translation WithPageShift(int shift) => new(Address, (_details & ~(0xFFUL << ShiftPlace)) | ((ulong)shift << ShiftPlace));

    /// <summary>Returns the same translation with the rights of a supervisor.</summary>
    public Translation AsForSupervisor() => new(Address, _details | ForSupervisor);

    private static ulong Details(TranslationKind kind, int shift, PageRights rights) =>
        (ulong)kind | ((ulong)shift << ShiftPlace) | ((ulong)rights << RightsPlace);
}
