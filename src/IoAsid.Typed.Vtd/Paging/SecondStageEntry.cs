namespace IoAsid.Typed.Vtd;

/// <summary>An entry of a second-stage table (VT-d, Second-Stage Paging Entries).</summary>
/// <remarks>
/// There is no present bit: an entry with R and W both clear is not present. Bit 62 (once TM, a hint of transient mappings) is
/// reserved; so is bit 11 of an entry that points to a table, in legacy mode too (90%).
/// </remarks>
/// <param name="Bits">The raw bits.</param>
public readonly record struct SecondStageEntry(Bits64 Bits) : IBitStructure<SecondStageEntry, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "Second-stage paging entry",
        64,
        ReadField,
        WriteField,
        ExecuteField,
        MemoryTypeField,
        IgnorePatField,
        PageSizeField,
        AccessedField,
        DirtyField,
        Ignored10Field,
        SnoopField,
        AddressField,
        Ignored61To52Field,
        Ignored63Field);

    /// <summary>R: reads are allowed.</summary>
    public bool Read { get => ReadField.IsSet(Bits); init => Bits = ReadField.With(Bits, value); }

    /// <summary>W: writes are allowed.</summary>
    public bool Write { get => WriteField.IsSet(Bits); init => Bits = WriteField.With(Bits, value); }

    /// <summary>X: ignored, as no unit of revision 4.1 supports execute requests here.</summary>
    public bool Execute { get => ExecuteField.IsSet(Bits); init => Bits = ExecuteField.With(Bits, value); }

    /// <summary>EMT: extended memory type of a leaf. Ignored without memory types.</summary>
    public byte MemoryType { get => (byte)MemoryTypeField.Get(Bits); init => Bits = MemoryTypeField.With(Bits, value); }

    /// <summary>IPAT: ignore PAT, of a leaf. Ignored without memory types.</summary>
    public bool IgnorePat { get => IgnorePatField.IsSet(Bits); init => Bits = IgnorePatField.With(Bits, value); }

    /// <summary>PS: at levels 2 and 3, the entry maps a page. Ignored at level 1.</summary>
    public bool PageSize { get => PageSizeField.IsSet(Bits); init => Bits = PageSizeField.With(Bits, value); }

    /// <summary>A: the entry was used by a walk. Ignored unless SSADE is set in the PASID entry.</summary>
    public bool Accessed { get => AccessedField.IsSet(Bits); init => Bits = AccessedField.With(Bits, value); }

    /// <summary>D: the page was written. Ignored unless SSADE is set, and in entries that point to tables.</summary>
    public bool Dirty { get => DirtyField.IsSet(Bits); init => Bits = DirtyField.With(Bits, value); }

    /// <summary>Bit 10: ignored by hardware, free for software.</summary>
    public bool Ignored10 { get => Ignored10Field.IsSet(Bits); init => Bits = Ignored10Field.With(Bits, value); }

    /// <summary>SNP: accesses to the page snoop the processor caches. Only in a leaf, with ECAP.SC; else reserved.</summary>
    public bool Snoop { get => SnoopField.IsSet(Bits); init => Bits = SnoopField.With(Bits, value); }

    /// <summary>Bits 51:12: the address of the table or the page.</summary>
    public ulong Address { get => AddressField.GetAddress(Bits); init => Bits = AddressField.WithAddress(Bits, value); }

    /// <summary>Bits 61:52: ignored by hardware, free for software.</summary>
    public ushort Ignored61To52
    {
        get => (ushort)Ignored61To52Field.Get(Bits);
        init => Bits = Ignored61To52Field.With(Bits, value);
    }

    /// <summary>Bit 63: ignored by hardware, free for software.</summary>
    public bool Ignored63 { get => Ignored63Field.IsSet(Bits); init => Bits = Ignored63Field.With(Bits, value); }

    private static BitField ReadField => new("R", 0);

    private static BitField WriteField => new("W", 1);

    private static BitField ExecuteField => new("X", 2);

    private static BitField MemoryTypeField => new("EMT", 3, 3);

    private static BitField IgnorePatField => new("IPAT", 6);

    private static BitField PageSizeField => new("PS", 7);

    private static BitField AccessedField => new("A", 8);

    private static BitField DirtyField => new("D", 9);

    private static BitField Ignored10Field => new("IGN10", 10);

    private static BitField SnoopField => new("SNP", 11);

    private static BitField AddressField => new("ADDR", 12, 40, content: FieldContent.Address);

    private static BitField Ignored61To52Field => new("IGN61_52", 52, 10);

    private static BitField Ignored63Field => new("IGN63", 63);

    private const ulong FormerTransientMapping = 1UL << 62;

    /// <summary>Whether the entry is present: reads or writes are allowed.</summary>
    public bool Present => ReadWriteField.IsSet(Bits);

    private static BitField ReadWriteField => new("R/W", 0, 2);

    /// <summary>The bits that must be zero in a present entry. Compute the masks once: there are two for each level.</summary>
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
        ulong mask = FormerTransientMapping | (AddressField.Mask & capabilities.AboveHostAddressWidth);
        mask |= leaf && capabilities.SnoopControl ? 0 : SnoopField.Mask;
        mask |= largePages ? 0 : PageSizeField.Mask;
        return mask | (leaf ? (TranslationTables.PageSizeOf(level) - 1) & ~0xFFFUL : 0);
    }

    /// <summary>Whether the entry maps a page and points to no table.</summary>
    /// <param name="level">1 for the level of 4 KiB pages, up to 5.</param>
    public bool IsLeaf(int level) => level == 1 || (level <= 3 && PageSize);

    /// <summary>The address of the page that a leaf maps.</summary>
    /// <param name="level">1 for the level of 4 KiB pages, up to 3.</param>
    public ulong PageAddress(int level) => Address & ~(TranslationTables.PageSizeOf(level) - 1);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
