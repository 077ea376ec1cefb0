namespace IoAsid.Typed.Vtd;

/// <summary>An entry of a first-stage table: the processor's own format (VT-d, First-Stage Paging Entries).</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct FirstStageEntry(Bits64 Bits) : IBitStructure<FirstStageEntry, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "First-stage paging entry",
        64,
        PresentField,
        WritableField,
        UserField,
        PageWriteThroughField,
        PageCacheDisableField,
        AccessedField,
        DirtyField,
        PageSizeField,
        GlobalField,
        Ignored9Field,
        ExtendedAccessedField,
        Ignored11Field,
        AddressField,
        Ignored62To52Field,
        ExecuteDisableField);

    /// <summary>P: the rest of the entry means something.</summary>
    public bool Present { get => PresentField.IsSet(Bits); init => Bits = PresentField.With(Bits, value); }

    /// <summary>R/W: writes are allowed.</summary>
    public bool Writable { get => WritableField.IsSet(Bits); init => Bits = WritableField.With(Bits, value); }

    /// <summary>U/S: user requests are allowed.</summary>
    public bool User { get => UserField.IsSet(Bits); init => Bits = UserField.With(Bits, value); }

    /// <summary>PWT: page-level write-through. Ignored without memory types.</summary>
    public bool PageWriteThrough
    {
        get => PageWriteThroughField.IsSet(Bits);
        init => Bits = PageWriteThroughField.With(Bits, value);
    }

    /// <summary>PCD: page-level cache disable. Ignored without memory types.</summary>
    public bool PageCacheDisable
    {
        get => PageCacheDisableField.IsSet(Bits);
        init => Bits = PageCacheDisableField.With(Bits, value);
    }

    /// <summary>A: the entry was used by a walk.</summary>
    public bool Accessed { get => AccessedField.IsSet(Bits); init => Bits = AccessedField.With(Bits, value); }

    /// <summary>D: the page was written. Ignored in entries that point to tables.</summary>
    public bool Dirty { get => DirtyField.IsSet(Bits); init => Bits = DirtyField.With(Bits, value); }

    /// <summary>PS: at levels 2 and 3, the entry maps a page. At level 1 this bit is PAT.</summary>
    public bool PageSize { get => PageSizeField.IsSet(Bits); init => Bits = PageSizeField.With(Bits, value); }

    /// <summary>G: global page. Ignored in entries that point to tables.</summary>
    public bool Global { get => GlobalField.IsSet(Bits); init => Bits = GlobalField.With(Bits, value); }

    /// <summary>Bit 9: ignored by hardware, free for software.</summary>
    public bool Ignored9 { get => Ignored9Field.IsSet(Bits); init => Bits = Ignored9Field.With(Bits, value); }

    /// <summary>EA: the entry was used by a device. Ignored unless EAFE is set in the PASID entry.</summary>
    public bool ExtendedAccessed
    {
        get => ExtendedAccessedField.IsSet(Bits);
        init => Bits = ExtendedAccessedField.With(Bits, value);
    }

    /// <summary>Bit 11: ignored by hardware, free for software.</summary>
    public bool Ignored11 { get => Ignored11Field.IsSet(Bits); init => Bits = Ignored11Field.With(Bits, value); }

    /// <summary>
    /// Bits 51:12: the address of the table or the page. Use <see cref="PageAddress"/> for a large page, whose bit 12 is PAT.
    /// </summary>
    public ulong Address { get => AddressField.GetAddress(Bits); init => Bits = AddressField.WithAddress(Bits, value); }

    /// <summary>Bits 62:52: ignored by hardware, free for software.</summary>
    public ushort Ignored62To52
    {
        get => (ushort)Ignored62To52Field.Get(Bits);
        init => Bits = Ignored62To52Field.With(Bits, value);
    }

    /// <summary>
    /// XD: execute requests are refused. Ignored in revision 4.1; in revision 3 reserved unless NXE is set in the PASID entry.
    /// </summary>
    public bool ExecuteDisable { get => ExecuteDisableField.IsSet(Bits); init => Bits = ExecuteDisableField.With(Bits, value); }

    private static BitField PresentField => new("P", 0);

    private static BitField WritableField => new("R/W", 1);

    private static BitField UserField => new("U/S", 2);

    private static BitField PageWriteThroughField => new("PWT", 3);

    private static BitField PageCacheDisableField => new("PCD", 4);

    private static BitField AccessedField => new("A", 5);

    private static BitField DirtyField => new("D", 6);

    private static BitField PageSizeField => new("PS", 7);

    private static BitField GlobalField => new("G", 8);

    private static BitField Ignored9Field => new("IGN9", 9);

    private static BitField ExtendedAccessedField => new("EA", 10);

    private static BitField Ignored11Field => new("IGN11", 11);

    private static BitField AddressField => new("ADDR", 12, 40, content: FieldContent.Address);

    private static BitField Ignored62To52Field => new("IGN62_52", 52, 11);

    private static BitField ExecuteDisableField => new("XD", 63);

    /// <summary>The bits that must be zero in a present entry. Compute the masks once: there are two for each level.</summary>
    /// <param name="level">1 for the level of 4 KiB pages, up to 5.</param>
    /// <param name="pageSize">PS of the entry.</param>
    /// <param name="addressWidth">The width of the addresses in the entry: of the host, or of the guest if nested.</param>
    /// <param name="oneGigabytePages">CAP.FS1GP.</param>
    /// <remarks>PS is reserved where no page of that level is possible, so that a set PS is in the mask there. XD is in no
    /// mask.</remarks>
    public static Bits64 ReservedMask(int level, bool pageSize, int addressWidth, bool oneGigabytePages)
    {
        ulong aboveWidth = AddressField.Mask & HostWidth.Above(addressWidth);
        bool largePages = level == 2 || (level == 3 && oneGigabytePages);
        return level switch
        {
            1 => aboveWidth,
            _ when !largePages => aboveWidth | PageSizeField.Mask,
            _ when !pageSize => aboveWidth,
            // Bit 12 of a large page is PAT.
            _ => aboveWidth | ((TranslationTables.PageSizeOf(level) - 1) & ~0x1FFFUL),
        };
    }

    /// <inheritdoc cref="ReservedMask(int, bool, int, bool)"/>
    /// <param name="level">1 for the level of 4 KiB pages, up to 5.</param>
    /// <param name="pageSize">PS of the entry.</param>
    /// <param name="capabilities">What the unit can do. The addresses are taken for host addresses.</param>
    public static Bits64 ReservedMask(int level, bool pageSize, in VtdCapabilities capabilities) =>
        ReservedMask(level, pageSize, capabilities.HostAddressWidth, capabilities.OneGigabyteFirstStagePages);

    /// <summary>Whether the entry maps a page and points to no table.</summary>
    /// <param name="level">1 for the level of 4 KiB pages, up to 5.</param>
    public bool IsLeaf(int level) => level == 1 || (level <= 3 && PageSize);

    /// <summary>The address of the page that a leaf maps.</summary>
    /// <param name="level">1 for the level of 4 KiB pages, up to 3.</param>
    public ulong PageAddress(int level) => Address & ~(TranslationTables.PageSizeOf(level) - 1);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
