namespace IoAsid.Typed.Vtd;

/// <summary>An entry of a first-stage table: the processor's own format (VT-d, First-Stage Paging Entries).</summary>
[BitLayout("First-stage paging entry", 64)]
public readonly partial record struct FirstStageEntry
{
    /// <summary>P: the entry is present.</summary>
    [Bits("P", 0)] public partial bool Present { get; init; }

    /// <summary>R/W: writes are allowed.</summary>
    [Bits("R/W", 1)] public partial bool Writable { get; init; }

    /// <summary>U/S: user requests are allowed.</summary>
    [Bits("U/S", 2)] public partial bool User { get; init; }

    /// <summary>PWT: page-level write-through. Ignored without memory types.</summary>
    [Bits("PWT", 3)] public partial bool PageWriteThrough { get; init; }

    /// <summary>PCD: page-level cache disable. Ignored without memory types.</summary>
    [Bits("PCD", 4)] public partial bool PageCacheDisable { get; init; }

    /// <summary>A: the entry was used by a walk.</summary>
    [Bits("A", 5)] public partial bool Accessed { get; init; }

    /// <summary>D: the page was written. Ignored in entries that point to tables.</summary>
    [Bits("D", 6)] public partial bool Dirty { get; init; }

    /// <summary>PS: at levels 2 and 3, the entry maps a page. At level 1 this bit is PAT.</summary>
    [Bits("PS", 7)] public partial bool PageSize { get; init; }

    /// <summary>G: global page. Ignored in entries that point to tables.</summary>
    [Bits("G", 8)] public partial bool Global { get; init; }

    /// <summary>Gets a value indicating whether bit 9 is set. Hardware ignores the bit, so software can use it.</summary>
    [Bits("IGN9", 9)] public partial bool Ignored9 { get; init; }

    /// <summary>EA: the entry was used by a device. Ignored unless EAFE is set in the PASID entry.</summary>
    [Bits("EA", 10)] public partial bool ExtendedAccessed { get; init; }

    /// <summary>Gets a value indicating whether bit 11 is set. Hardware ignores the bit, so software can use it.</summary>
    [Bits("IGN11", 11)] public partial bool Ignored11 { get; init; }

    /// <summary>Bits 51:12: the address of the table or the page. Use <see cref="PageAddress"/> for a large page, whose bit 12 is PAT.</summary>
    [Bits("ADDR", 12, 51, Content = FieldContent.Address)] public partial ulong Address { get; init; }

    /// <summary>Bits 62:52: ignored by hardware, free for software.</summary>
    [Bits("IGN62_52", 52, 62)] public partial ushort Ignored62To52 { get; init; }

    /// <summary>XD: execute requests are blocked. Ignored in revision 4.1; in revision 3 reserved unless NXE is set in the PASID entry.</summary>
    [Bits("XD", 63)] public partial bool ExecuteDisable { get; init; }

    /// <summary>Returns the bits that must be zero in a present entry. Compute the two masks of each level once.</summary>
    /// <param name="level">1 for the level of 4 KiB pages, up to 5.</param>
    /// <param name="pageSize">PS of the entry.</param>
    /// <param name="addressWidth">The width of the addresses in the entry: of the host, or of the guest if nested.</param>
    /// <param name="oneGigabytePages">CAP.FS1GP.</param>
    /// <remarks>PS is reserved where no page of that level is possible, so that a set PS is in the mask there. XD is in no
    /// mask.</remarks>
    public static Bits64 ReservedMask(int level, bool pageSize, int addressWidth, bool oneGigabytePages)
    {
        ulong aboveWidth = FieldMasks.Address & HostWidth.Above(addressWidth);
        bool largePages = level == 2 || (level == 3 && oneGigabytePages);
        return level switch
        {
            1 => aboveWidth,
            _ when !largePages => aboveWidth | FieldMasks.PageSize,
            _ when !pageSize => aboveWidth,
            // Bit 12 of a large page is PAT.
            _ => aboveWidth | ((TranslationTables.PageSizeOf(level) - 1) & ~0x1FFFUL),
        };
    }

    /// <summary>Returns the bits that must be zero in a present entry with host addresses. Compute the two masks of each level once.</summary>
    /// <param name="level">1 for the level of 4 KiB pages, up to 5.</param>
    /// <param name="pageSize">PS of the entry.</param>
    /// <param name="capabilities">The capabilities of the unit. The addresses are host addresses.</param>
    public static Bits64 ReservedMask(int level, bool pageSize, in VtdCapabilities capabilities) =>
        ReservedMask(level, pageSize, capabilities.HostAddressWidth, capabilities.OneGigabyteFirstStagePages);

    /// <summary>Returns true if the entry maps a page and points to no table.</summary>
    /// <param name="level">1 for the level of 4 KiB pages, up to 5.</param>
    public bool IsLeaf(int level) => level == 1 || (level <= 3 && PageSize);

    /// <summary>Returns the address of the page that a leaf maps.</summary>
    /// <param name="level">1 for the level of 4 KiB pages, up to 3.</param>
    public ulong PageAddress(int level) => Address & ~(TranslationTables.PageSizeOf(level) - 1);
}
