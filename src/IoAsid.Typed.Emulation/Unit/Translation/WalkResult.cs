using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The result of a walk: the output of the requested address, and the rights and sizes of its page. It has two words, which a processor returns in registers.
/// The default is the absence of a result.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WalkResult
{
    private const PageRights OfBothStages = PageRights.Read | PageRights.Write | PageRights.SupervisorWrite | PageRights.Dirty;

    /// <param name="address">The output address.</param>
    /// <param name="level">The level of the page, from 1.</param>
    /// <param name="firstStageLevel">The level of the first stage's page, or 0 without a first stage.</param>
    /// <param name="rights">The rights of the page.</param>
    public WalkResult(ulong address, int level, int firstStageLevel, PageRights rights)
        : this(address, new PageDetails(level, firstStageLevel, rights))
    {
    }

    private WalkResult(ulong address, PageDetails details)
    {
        Address = address;
        Details = details;
    }

    public ulong Address { get; }

    /// <summary>The rights and sizes of the page.</summary>
    public PageDetails Details { get; }

    /// <summary>Gets a value indicating whether there is a result.</summary>
    public bool IsPresent
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Details.Bits != 0;
    }

    public PageRights Rights => Details.Rights;

    /// <summary>The binary logarithm of the size of the page in bytes.</summary>
    public int PageShift => TranslationTables.ShiftOf(Details.Level);

    /// <summary>Returns the result of both stages. The page is the smaller of the two, and has the rights that both give.</summary>
    /// <param name="first">The result of the first stage.</param>
    /// <param name="second">The result of the second stage for the output of the first.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WalkResult OfBoth(WalkResult first, WalkResult second) =>
        new(second.Address, first.Details.LimitedBy(second.Details, OfBothStages));

    /// <summary>Returns the same result with other rights.</summary>
    public WalkResult WithRights(PageRights rights) => new(Address, Details.Level, Details.FirstStageLevel, rights);

    /// <summary>Returns the result as an entry of the IOTLB.</summary>
    /// <param name="space">The address space of the walked tables.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CachedTranslation ToCached(in AddressSpaceContext space) =>
        new(Address >> PageShift << PageShift, space.Pasid, space.Domain, Details);
}
