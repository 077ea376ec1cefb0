using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The reserved and the ignored bits of root, context, PASID directory and PASID entries (VT-d 9.1 to 9.6). Each bit is set separately.</summary>
public sealed class ReservedFieldTests
{
    private const ulong Page = 0x1000;
    private const uint Number = 5;

    private static readonly Pasid Pasid = new(Number);
    private const ulong PasidPlace = UnitFixture.PasidTable + Number * 64;

    /// <summary>The absent capability, the grant type of the PASID entry, bits of the PASID entry, and true if they are reserved.</summary>
    public static TheoryData<string, PasidGrantType, string, bool> PasidFields { get; } = new()
    {
        // These bits are reserved in all entries. The host has 46 address bits.
        { "", PasidGrantType.FirstStage, "5 11:10 63:46 86:80 95:91 129 139:136 191:174 255:192 319:256 511:320", true },
        { "", PasidGrantType.SecondStage, "5 11:10 63:46 86:80 95:91 129 139:136 191:174 255:192 319:256 511:320", true },
        { "", PasidGrantType.Nested, "5 11:10 63:46 86:80 95:91 129 139:136 191:174 255:192 319:256 511:320", true },
        { "", PasidGrantType.PassThrough, "5 11:10 63:46 86:80 95:91 129 139:136 191:174 255:192 319:256 511:320", true },
        { "revision 5.10", PasidGrantType.FirstStage, "5 11:10 63:46 86:80 95:91 129 139:136 191:174 255:192 319:256 511:320", true },
        // These bits are ignored if their stage does not translate.
        { "", PasidGrantType.FirstStage, "4:2 9 45:12 134:133", false },
        { "", PasidGrantType.SecondStage, "135:130 173:140", false },
        { "", PasidGrantType.PassThrough, "4:2 9 45:12 135:130 173:140", false },
        { "", PasidGrantType.Nested, "134:133", false },
        // These bits are reserved without their capability, for all grant types.
        { "SSTS", PasidGrantType.FirstStage, "4:2 9 45:12", true },
        { "SSTS", PasidGrantType.PassThrough, "4:2 9 45:12", true },
        { "SSADS", PasidGrantType.FirstStage, "9", true },
        { "SSADS", PasidGrantType.SecondStage, "9", true },
        { "SMPWCS", PasidGrantType.SecondStage, "87", true },
        { "SC", PasidGrantType.SecondStage, "88", true },
        { "", PasidGrantType.SecondStage, "88:87", false },
        { "", PasidGrantType.SecondStage, "90:89 127:96", true },
        { "+MTS", PasidGrantType.SecondStage, "90:89 127:96", false },
        { "+MTS", PasidGrantType.SecondStage, "95:91", true },
        { "SRS", PasidGrantType.FirstStage, "128", true },
        { "SRS", PasidGrantType.PassThrough, "128", true },
        { "", PasidGrantType.FirstStage, "128", false },
        { "FSTS", PasidGrantType.SecondStage, "132:130 173:140", true },
        { "FSTS", PasidGrantType.PassThrough, "132:130 173:140", true },
        { "EAFS", PasidGrantType.FirstStage, "135", true },
        { "EAFS", PasidGrantType.SecondStage, "135", true },
        // With 256 domain ids, bits 79:72 of the domain id do not exist.
        { "ND", PasidGrantType.FirstStage, "79:72", true },
        { "ND", PasidGrantType.PassThrough, "79:72", true },
        { "ND", PasidGrantType.FirstStage, "71:64", false },
        { "", PasidGrantType.SecondStage, "79:64", false },
        // Revision 3 has ERE. Memory types need ECAP.MTS there too.
        { "revision 3", PasidGrantType.FirstStage, "129 134:133", false },
        { "revision 3", PasidGrantType.FirstStage, "95:91", true },
    };

    /// <summary>The absent capability, bits of the scalable context entry, and the fault, or none if they are allowed or ignored.</summary>
    public static TheoryData<string, string, FaultReason> ScalableContextFields { get; } = new()
    {
        { "", "8:5 63:46 127:85 255:128", FaultReason.ScalableContextReserved },
        { "revision 5.10", "8:5 63:46 127:85 255:128", FaultReason.ScalableContextReserved },
        { "", "4:2 11:9", FaultReason.None },
        { "DT", "2", FaultReason.ScalableContextReserved },
        { "PRS", "4", FaultReason.ScalableContextReserved },
        { "PASID", "3", FaultReason.ScalableContextReserved },
        { "RPS", "83:64", FaultReason.ScalableContextReserved },
        { "RPRIVS", "84", FaultReason.ScalableContextReserved },
    };

    [Theory]
    [MemberData(nameof(PasidFields))]
    [Specification(
        "9.6/3", "9.6/7", "9.6/8", "9.6/9", "9.6/10", "9.6/11", "9.6/12", "9.6/13", "9.6/14", "9.6/15", "9.6/16", "9.6/17", "9.6/18", "9.6/19", "9.6/20")]
    public void Bits_of_a_PASID_entry(string lacking, PasidGrantType grant, string bits, bool isReserved)
    {
        foreach (int bit in BitRanges.Of(bits))
        {
            using UnitFixture fixture = UnitFixture.InScalableMode(Lacking.Capability(lacking), context: Enabled(lacking));
            PasidEntry entry = EntryOf(fixture, grant);
            fixture.SetPasid(Pasid, entry);
            Assert.Equal(FaultReason.None, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(Pasid)));
            fixture.SetRoot(UnitFixture.Root | 1 << 10);
            fixture.Set(PasidPlace + (ulong)bit / 64 * 8, fixture.Word(PasidPlace + (ulong)bit / 64 * 8) ^ 1UL << bit % 64);

            FaultReason expected = isReserved ? FaultReason.PasidEntryReserved : FaultReason.None;
            Assert.Equal((bit, expected), (bit, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(Pasid))));
        }
    }

    [Theory]
    [MemberData(nameof(ScalableContextFields))]
    [Specification("9.4/3", "9.4/4", "9.4/5", "9.4/6", "9.4/9", "9.4/10", "9.4/11")]
    public void Bits_of_a_scalable_context_entry(string lacking, string bits, FaultReason expected)
    {
        foreach (int bit in BitRanges.Of(bits))
        {
            using UnitFixture fixture = UnitFixture.InScalableMode(Lacking.Capability(lacking), context: 0);
            fixture.SetPasid(new Pasid(0), EntryOf(fixture, PasidGrantType.FirstStage));
            Assert.Equal(FaultReason.None, fixture.Fault(DmaAccess.Read, Page));
            fixture.SetRoot(UnitFixture.Root | 1 << 10);
            ulong place = UnitFixture.Contexts + UnitFixture.Device.Value * 32UL + (ulong)bit / 64 * 8;
            // PRE needs DTE.
            fixture.Set(place, fixture.Word(place) | 1UL << bit % 64 | (bit == 4 && lacking.Length == 0 ? UnitFixture.DeviceTlbEnable : 0));

            Assert.Equal((bit, expected), (bit, fixture.Fault(DmaAccess.Read, Page)));
        }
    }

    [Theory]
    [InlineData("63:46 11:2", true)]
    [Specification("9.5/3")]
    public void Bits_of_a_PASID_directory_entry(string bits, bool isReserved)
    {
        foreach (int bit in BitRanges.Of(bits))
        {
            using UnitFixture fixture = UnitFixture.InScalableMode();
            fixture.SetPasid(Pasid, EntryOf(fixture, PasidGrantType.FirstStage));
            fixture.Set(UnitFixture.PasidDirectory, fixture.Word(UnitFixture.PasidDirectory) | 1UL << bit);

            FaultReason expected = isReserved ? FaultReason.PasidDirectoryReserved : FaultReason.None;
            Assert.Equal((bit, expected), (bit, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(Pasid))));
        }
    }

    [Theory]
    // The device is in the lower half. All present halves are checked.
    [InlineData("63:46 11:1", false, FaultReason.ScalableRootReserved)]
    [InlineData("127:65", false, FaultReason.None)]
    [InlineData("127:110 75:65", true, FaultReason.ScalableRootReserved)]
    [InlineData("109:76", true, FaultReason.None)]
    [Specification("9.2/1", "9.2/2")]
    public void Bits_of_a_scalable_root_entry(string bits, bool isUpperPresent, FaultReason expected)
    {
        foreach (int bit in BitRanges.Of(bits))
        {
            using UnitFixture fixture = UnitFixture.InScalableMode();
            fixture.SetPasid(new Pasid(0), EntryOf(fixture, PasidGrantType.FirstStage));
            fixture.Set(UnitFixture.Root + 8, isUpperPresent ? 1UL : 0);
            ulong place = UnitFixture.Root + (ulong)bit / 64 * 8;
            fixture.Set(place, fixture.Word(place) | 1UL << bit % 64);

            Assert.Equal((bit, expected), (bit, fixture.Fault(DmaAccess.Read, Page)));
        }
    }

    [Theory]
    // The absent capability, TT, bits, and the fault.
    [InlineData("", 0, "127:88 71 63:46 11:4", FaultReason.ContextReserved)]
    [InlineData("", 2, "127:88 71 63:46 11:4", FaultReason.ContextReserved)]
    [InlineData("", 0, "87:72 70:67", FaultReason.None)]
    [InlineData("", 2, "45:12", FaultReason.None)]
    [InlineData("ND", 0, "87:80", FaultReason.ContextReserved)]
    [InlineData("ND", 2, "87:80", FaultReason.ContextReserved)]
    [InlineData("ND", 0, "79:72", FaultReason.None)]
    [Specification("9.3/9", "9.3/10", "9.3/11")]
    public void Bits_of_a_context_entry(string lacking, int type, string bits, FaultReason expected)
    {
        foreach (int bit in BitRanges.Of(bits))
        {
            using UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000 | (ulong)type << 2, Lacking.Capability(lacking));
            _ = new PageTables(new TablePages(fixture.Memory, 0x20_0000), 4, EntryBits.ReadWrite) { [Page] = 0x50_0000 | EntryBits.ReadWrite };
            fixture.Set(UnitFixture.Contexts + UnitFixture.Device.Value * 16UL + 8, 2);
            ulong place = UnitFixture.Contexts + UnitFixture.Device.Value * 16UL + (ulong)bit / 64 * 8;
            fixture.Set(place, fixture.Word(place) | 1UL << bit % 64);

            Assert.Equal((bit, expected), (bit, fixture.Fault(DmaAccess.Read, Page)));
        }
    }

    [Theory]
    [InlineData("127:64 63:46 11:1", FaultReason.RootReserved)]
    [Specification("9.1/2")]
    public void Bits_of_a_root_entry(string bits, FaultReason expected)
    {
        foreach (int bit in BitRanges.Of(bits))
        {
            using UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000);
            ulong place = UnitFixture.Root + (ulong)bit / 64 * 8;
            fixture.Set(place, fixture.Word(place) | 1UL << bit % 64);

            Assert.Equal((bit, expected), (bit, fixture.Fault(DmaAccess.Read, Page)));
        }
    }

    private static ulong Enabled(string lacking) => lacking == "PASID" ? 0 : UnitFixture.PasidEnable;

    private static PasidEntry EntryOf(UnitFixture fixture, PasidGrantType grant)
    {
        bool first = grant is PasidGrantType.FirstStage or PasidGrantType.Nested;
        bool second = grant is PasidGrantType.SecondStage or PasidGrantType.Nested;

        // A and EA are already set, so no update is needed. A second stage maps all tables to themselves.
        const ulong Used = EntryBits.User | EntryBits.Accessed | EntryBits.ExtendedAccessed;
        PageTables firstTables = new(new TablePages(fixture.Memory, 0x20_0000), 4, Used) { [Page] = 0x50_0000 | Used };
        PageTables secondTables = new(new TablePages(fixture.Memory, 0x28_0000), 4, EntryBits.ReadWrite | EntryBits.SecondAccessed);
        ulong[] mapped = grant == PasidGrantType.Nested ? [0x20_0000, 0x20_1000, 0x20_2000, 0x20_3000, 0x50_0000] : [Page];
        foreach (ulong page in mapped)
            secondTables[page] = page | EntryBits.ReadWrite | EntryBits.SecondAccessed;
        return new PasidEntry
        {
            Present = true,
            GrantType = grant,
            AddressWidth = second ? AddressWidth.Bits48 : AddressWidth.Invalid,
            FirstStageTable = first ? firstTables.Top : 0,
            SecondStageTable = second ? secondTables.Top : 0,
        };
    }
}
