using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>A translation in the IOTLB: its output, its rights, and the ids that invalidations select it by. It has two words.</summary>
// Sequential: the runtime aligns structures inside an automatic layout to whole words.
[StructLayout(LayoutKind.Sequential)]
internal readonly struct CachedTranslation
{
    private const int DomainPlace = 32;

    // The PASID in bits 31:0, the domain id in bits 47:32, and PageDetails above.
    private readonly ulong _details;

    /// <param name="output">The output address of the page, aligned to the page.</param>
    /// <param name="pasid">The PASID of the tables: that of the request, or RID_PASID; 0 in legacy mode.</param>
    /// <param name="domain">The domain id of the tables.</param>
    /// <param name="details">The rights and sizes of the page.</param>
    public CachedTranslation(ulong output, Pasid pasid, DomainId domain, PageDetails details)
    {
        Output = output;
        _details = pasid.Value | (ulong)domain.Value << DomainPlace | details.Bits;
    }

    public ulong Output { get; }

    public Pasid Pasid => new((uint)_details);

    public DomainId Domain => new((ushort)(_details >> DomainPlace));

    /// <summary>The rights and sizes of the page, in a word whose other bits are not 0.</summary>
    public PageDetails Details => new(_details);

    public PageRights Rights => Details.Rights;

    /// <summary>The level of the page: 1 is a page of 4 KiB, 2 of 2 MiB, 3 of 1 GiB.</summary>
    public int Level => Details.Level;

    /// <summary>The binary logarithm of the size of the page in bytes.</summary>
    public int PageShift => TranslationTables.ShiftOf(Level);

    /// <summary>The shift of the larger of the page and the first stage's page. An invalidation of any part of the larger page removes the translation.</summary>
    public int WidestShift => TranslationTables.ShiftOf(Math.Max(Level, FirstStageLevel));

    /// <summary>Gets a value indicating whether a first stage translated, alone or nested.</summary>
    public bool HasFirstStage => FirstStageLevel != 0;

    /// <summary>Gets a value indicating whether the page is a piece of a larger page of the first stage.</summary>
    public bool IsPiece => FirstStageLevel > Level;

    /// <summary>Gets a value indicating whether no tables translated: the output is the input.</summary>
    public bool IsPassThrough => Rights.Has(PageRights.PassThrough);

    /// <summary>Returns true if the page and the first stage's page have the sizes of those of another translation.</summary>
    public bool HasLevelsOf(CachedTranslation other) => Details.Levels == other.Details.Levels;

    private int FirstStageLevel => Details.FirstStageLevel;
}
