using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>A translation in the IOTLB: its output, its rights, and the ids that invalidations select it by. It has two words.</summary>
// Sequential: the runtime aligns structures inside an automatic layout to whole words.
[StructLayout(LayoutKind.Sequential)]
internal readonly struct CachedTranslation
{
    private const int FirstStagePlace = 4;
    private const int LevelBits = 0b111;

    /// <param name="output">The output address of the page, aligned to the page.</param>
    /// <param name="pasid">The PASID of the tables: that of the request, or RID_PASID; 0 in legacy mode.</param>
    /// <param name="domain">The domain id of the tables.</param>
    /// <param name="pageShift">The binary logarithm of the size of the page in bytes. With nested translation it is the smaller of two.</param>
    /// <param name="firstStageShift">The binary logarithm of the size of the first stage's page, or 0 without a first stage.</param>
    /// <param name="rights">The rights of the page.</param>
    public CachedTranslation(ulong output, Pasid pasid, DomainId domain, int pageShift, int firstStageShift, PageRights rights)
    {
        Output = output;
        Pasid = pasid;
        Domain = domain;
        Rights = rights;
        _levels = (byte)(LevelOf(pageShift) | (LevelOf(firstStageShift) << FirstStagePlace));
    }

    public ulong Output { get; }

    public Pasid Pasid { get; }

    public DomainId Domain { get; }

    public PageRights Rights { get; }

    // Bits 2:0 hold the level of the page, bits 6:4 that of the first stage's page, or 0 without a first stage.
    private readonly byte _levels;

    /// <summary>The level of the page: 1 is a page of 4 KiB, 2 of 2 MiB, 3 of 1 GiB.</summary>
    public int Level => _levels & LevelBits;

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

    private int FirstStageLevel => _levels >> FirstStagePlace;

    private static int LevelOf(int shift) => shift / TranslationTables.BitsPerLevel;
}
