using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Vtd;

/// <summary>An entry of a second-stage table (VT-d, Second-Stage Paging Entries).</summary>
/// <remarks>
/// There is no present bit: an entry with R and W both clear is not present. Bit 62 (once TM, a hint of transient mappings) is
/// reserved; so is bit 11 of an entry that points to a table (VT-d 9.8).
/// </remarks>
[BitLayout("Second-stage paging entry", 64)]
public readonly partial record struct SecondStageEntry
{
    /// <summary>R: reads are allowed.</summary>
    [Bits("R", 0)] public partial bool Read { get; init; }

    /// <summary>W: writes are allowed.</summary>
    [Bits("W", 1)] public partial bool Write { get; init; }

    /// <summary>X: ignored, as no unit of revision 4.1 supports execute requests here.</summary>
    [Bits("X", 2)] public partial bool Execute { get; init; }

    /// <summary>EMT: extended memory type of a leaf. Ignored without memory types.</summary>
    [Bits("EMT", 3, 5)] public partial byte MemoryType { get; init; }

    /// <summary>IPAT: ignore PAT, of a leaf. Ignored without memory types.</summary>
    [Bits("IPAT", 6)] public partial bool IgnorePat { get; init; }

    /// <summary>PS: at levels 2 and 3, the entry maps a page. Ignored at level 1.</summary>
    [Bits("PS", 7)] public partial bool PageSize { get; init; }

    /// <summary>A: the entry was used by a walk. Ignored unless SSADE is set in the PASID entry.</summary>
    [Bits("A", 8)] public partial bool Accessed { get; init; }

    /// <summary>D: the page was written. Ignored unless SSADE is set, and in entries that point to tables.</summary>
    [Bits("D", 9)] public partial bool Dirty { get; init; }

    /// <summary>Gets a value indicating whether bit 10 is set. Hardware ignores the bit, so software can use it.</summary>
    [Bits("IGN10", 10)] public partial bool Ignored10 { get; init; }

    /// <summary>SNP: accesses to the page snoop the processor caches. Only in a leaf, with ECAP.SC; else reserved.</summary>
    [Bits("SNP", 11)] public partial bool Snoop { get; init; }

    /// <summary>Bits 51:12: the address of the table or the page.</summary>
    [Bits("ADDR", 12, 51, Content = FieldContent.Address)] public partial ulong Address { get; init; }

    /// <summary>Bits 61:52: ignored by hardware, free for software.</summary>
    [Bits("IGN61_52", 52, 61)] public partial ushort Ignored61To52 { get; init; }

    /// <summary>Gets a value indicating whether bit 63 is set. Hardware ignores the bit, so software can use it.</summary>
    [Bits("IGN63", 63)] public partial bool Ignored63 { get; init; }

    private const ulong FormerTransientMapping = 1UL << 62;

    /// <summary>Gets a value indicating whether the entry is present: reads or writes are allowed.</summary>
    public bool Present
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Bits.Value & (FieldMasks.Read | FieldMasks.Write)) != 0;
    }

    /// <summary>Returns the bits that must be zero in a present entry. Compute the two masks of each level once.</summary>
    /// <param name="level">1 for the level of 4 KiB pages, up to 5.</param>
    /// <param name="pageSize">PS of the entry.</param>
    /// <param name="capabilities">CAP.SSLPS, ECAP.SC and the host address width decide.</param>
    /// <remarks>
    /// PS is reserved where no page of that level is possible, so that a set PS is in the mask there. PS of level 1 is ignored,
    /// as it is in the processor's tables of this format.
    /// </remarks>
    public static Bits64 ReservedMask(int level, bool pageSize, in VtdCapabilities capabilities)
    {
        bool largePages = capabilities.SupportsSecondStagePage(level);
        bool leaf = level == 1 || (pageSize && largePages);
        ulong mask = FormerTransientMapping | (FieldMasks.Address & capabilities.AboveHostAddressWidth);
        mask |= leaf && capabilities.SnoopControl ? 0 : FieldMasks.Snoop;
        mask |= largePages ? 0 : FieldMasks.PageSize;
        return mask | (leaf ? (TranslationTables.PageSizeOf(level) - 1) & ~(TranslationTables.PageSizeOf(1) - 1) : 0);
    }

    /// <summary>Returns true if the entry maps a page and points to no table.</summary>
    /// <param name="level">1 for the level of 4 KiB pages, up to 5.</param>
    public bool IsLeaf(int level) => level == 1 || (level <= 3 && PageSize);

    /// <summary>Returns the address of the page that a leaf maps.</summary>
    /// <param name="level">1 for the level of 4 KiB pages, up to 3.</param>
    public ulong PageAddress(int level) => Address & ~(TranslationTables.PageSizeOf(level) - 1);
}
