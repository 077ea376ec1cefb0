namespace IoAsid.Typed.Vtd.Tests.Registers;

/// <summary>Registers are at the offsets that the capabilities report, and behave as their access kinds require.</summary>
public sealed class RegisterFileTests
{
    // IVA and IOTLB are at 1000h and fault records begin at 2000h, apart from all other registers.
    private static readonly CapabilityRegister FarRecords = new() { FaultRecordOffset = 0x200 };
    private static readonly ExtendedCapabilityRegister FarInvalidation = new() { IotlbOffset = 0x100 };

    [Fact]
    public void Every_register_is_described_once()
    {
        Assert.Distinct(RegisterTable.All.Select(description => description.Name));
        Assert.All(RegisterTable.All, description => Assert.Contains(description.Width, new[] { 32, 64 }));
        Assert.All(RegisterTable.All, description => Assert.Equal(0, description.Offset % (description.Width / 8)));
    }

    [Fact]
    public void Fault_records_repeat_as_often_as_the_unit_has_them()
    {
        RegisterFile file = new(Units.Only(FarRecords with { NumberOfFaultRecords = 3 }, FarInvalidation));
        PlacedRegister[] records = [.. file.Registers.Where(register => register.Description.RelativeTo == RegisterBase.FaultRecords)];

        Assert.Equal(["FRCD_LO", "FRCD_LO", "FRCD_LO", "FRCD_LO", "FRCD_HI", "FRCD_HI", "FRCD_HI", "FRCD_HI"], records.Select(record => record.Name));
        Assert.Equal([0x2000, 0x2010, 0x2020, 0x2030, 0x2008, 0x2018, 0x2028, 0x2038], records.Select(record => record.Offset));
        Assert.Equal([0, 1, 2, 3, 0, 1, 2, 3], records.Select(record => record.Index));
        Assert.Equal((0x2040, 1UL << 63), (file.Size, records[^1].Masks.OneToClear));
    }

    [Theory]
    [InlineData(0x1000, "IVA")]
    [InlineData(0x1004, "IVA")]
    [InlineData(0x1007, "IVA")]
    [InlineData(0x1008, "IOTLB")]
    [InlineData(0x18, "GCMD")]
    [InlineData(0x1C, "GSTS")]
    [InlineData(0x30, null)]
    [InlineData(0x80, null)]
    [InlineData(-1, null)]
    [InlineData(int.MinValue, null)]
    [InlineData(0x2010, null)]
    [InlineData(int.MaxValue, null)]
    public void A_register_is_found_by_any_of_its_bytes(int offset, string? name) =>
        Assert.Equal(name, new RegisterFile(Units.Only(FarRecords, FarInvalidation)).Find(offset)?.Name);

    [Fact]
    public void A_register_is_left_out_without_what_it_needs()
    {
        RegisterFile file = new(Units.Only(FarRecords, FarInvalidation with { QueuedInvalidation = true }));

        Assert.Equal("IQT", file.Find(RegisterOffsets.InvalidationQueueTail)?.Name);
        Assert.Null(file.Find(RegisterOffsets.PageRequestQueueTail));
        Assert.Null(file.Find(RegisterOffsets.VirtualCommand));
        Assert.Null(file.Find(RegisterOffsets.ProtectedMemoryEnable));
    }

    [Fact]
    public void Offsets_are_those_of_the_architecture()
    {
        VtdCapabilities all = Units.Only(
            FarRecords with { AdvancedFaultLog = true, ProtectedLowMemory = true, ProtectedHighMemory = true, EnhancedCommands = true },
            FarInvalidation with { QueuedInvalidation = true, PageRequests = true, InterruptRemapping = true, VirtualCommands = true });
        string[] placed = [.. new RegisterFile(all).Registers.Where(register => register.Offset < 0x1000).Select(register => $"{register.Offset:X} {register.Width} {register.Name}")];

        // Linux iommu.h: DMAR_*_REG.
        Assert.Equal(
            [
                "0 32 VER", "8 64 CAP", "10 64 ECAP", "18 32 GCMD", "1C 32 GSTS", "20 64 RTADDR", "28 64 CCMD", "34 32 FSTS", "38 32 FECTL", "3C 32 FEDATA",
                "40 32 FEADDR", "44 32 FEUADDR", "58 64 AFLOG", "64 32 PMEN", "68 32 PLMBASE", "6C 32 PLMLIMIT", "70 64 PHMBASE", "78 64 PHMLIMIT", "80 64 IQH",
                "88 64 IQT", "90 64 IQA", "9C 32 ICS", "A0 32 IECTL", "A4 32 IEDATA", "A8 32 IEADDR", "AC 32 IEUADDR", "B0 64 IQERCD", "B8 64 IRTA", "C0 64 PQH",
                "C8 64 PQT", "D0 64 PQA", "DC 32 PRS", "E0 32 PECTL", "E4 32 PEDATA", "E8 32 PEADDR", "EC 32 PEUADDR", "400 64 ECMD", "408 64 ECEO", "410 64 ECRSP",
                "430 64 ECCAP", "E00 64 VCMD", "E08 64 VCMD_EO", "E10 64 VCRSP", "E30 64 VCCAP",
            ],
            placed);
    }

    [Theory]
    [InlineData(0x00, "FRCD_LO at 0x000 overlaps VER at 0x000")]
    [InlineData(0x02, "FRCD_LO at 0x020 overlaps RTADDR at 0x020")]
    [InlineData(0xFF, "FRCD_LO at 0x1000 overlaps IVA at 0x1000")]
    public void Registers_that_capabilities_place_on_others_are_refused(ushort recordOffset, string overlap)
    {
        VtdCapabilities unit = Units.Only(new() { FaultRecordOffset = recordOffset, NumberOfFaultRecords = 1 }, FarInvalidation);

        Assert.StartsWith(overlap, Assert.Throws<InvalidOperationException>(() => new RegisterFile(unit)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FSTS", 0x7F, 0x13, 0x6E, "writing 1 clears, but not PPF")]
    [InlineData("FSTS", 0x7F, 0x00, 0x7F, "writing 0 keeps")]
    [InlineData("FSTS", 0xFF02, 0xFF02, 0xFF02, "read-only bits stay")]
    [InlineData("FECTL", 0xC000_0000, 0, 0x4000_0000, "IM is written, IP stays")]
    [InlineData("RTADDR", 0, ulong.MaxValue, 0xFFFF_FFFF_FFFF_FC00, "undeclared bits stay 0")]
    [InlineData("CCMD", 0x1800_0000_0000_0000, 0xA000_0000_0000_1234, 0xB800_0000_0000_1234, "ICC begins, CAIG stays")]
    [InlineData("CCMD", 0x8000_0000_0000_0000, 0, 0x8000_0000_0000_0000, "what has begun is not taken back")]
    [InlineData("GCMD", 0, 0xC000_0000, 0xC000_0000, "TE is kept for hardware to see")]
    public void A_write_changes_what_access_kinds_allow(string name, ulong current, ulong written, ulong after, string because)
    {
        ulong got = Register(name).Masks.Write(current, written);

        Assert.True(got == after, $"{because}: {got:X}");
    }

    [Theory]
    [InlineData(0x0000_0000_FFFF_FFFF, 0x1111_1111_2222_2000)]
    [InlineData(0xFFFF_FFFF_0000_0000, 0x3333_3333_4444_4000)]
    [InlineData(ulong.MaxValue, 0x3333_3333_2222_2000)]
    public void A_half_is_written_alone(ulong lanes, ulong after) =>
        Assert.Equal(after, Register("PQA").Masks.Write(0x1111_1111_4444_4000, 0x3333_3333_2222_2000, lanes));

    [Fact]
    public void One_shot_and_clearing_bits_act_only_in_the_half_that_is_written()
    {
        Assert.Equal(0UL, Register("IOTLB").Masks.Write(0, 1UL << 63, 0xFFFF_FFFF));
        Assert.Equal(1UL << 63, Register("FRCD_HI").Masks.Write(1UL << 63, 1UL << 63, 0xFFFF_FFFF));
        Assert.Equal(0UL, Register("FRCD_HI").Masks.Write(1UL << 63, 1UL << 63, 0xFFFF_FFFF_0000_0000));
    }

    [Fact]
    public void A_write_only_register_reads_as_zero()
    {
        Assert.Equal(0UL, Register("IVA").Masks.Read(ulong.MaxValue & Register("IVA").Masks.WriteOnly));
        Assert.Equal(0UL, Register("GCMD").Masks.Read(0xFF80_0000));
    }

    [Fact]
    public void A_description_says_what_software_can_do_with_each_field()
    {
        RegisterDescription status = RegisterTable.All.Single(description => description.Name == "FSTS");

        Assert.Equal(
            ["PFO OneToClear", "PPF ReadOnly", "AFO OneToClear", "APF OneToClear", "IQE OneToClear", "ICE OneToClear", "ITE OneToClear", "FRI ReadOnly"],
            status.Fields.Select(field => $"{field.Name} {field.Access}"));
        Assert.Equal("FSTS at 0x034", status.ToString());
        Assert.Equal("FRCD_HI at FaultRecords+0x8", RegisterTable.All.Single(description => description.Name == "FRCD_HI").ToString());
        Assert.Equal("FSTS at 0x034", Register("FSTS").ToString());
    }

    [Fact]
    public void A_fault_status_bit_is_absent_without_what_it_reports()
    {
        Assert.Equal(0x01UL, RegisterTable.All.Single(description => description.Name == "FSTS").Masks(Units.Nothing).OneToClear);
        Assert.Equal(0x7DUL, RegisterTable.All.Single(description => description.Name == "FSTS").Masks(Units.Everything).OneToClear);
    }

    [Fact]
    public void Resets_are_those_of_the_unit()
    {
        VtdCapabilities unit = Units.Only(FarRecords, FarInvalidation with { PageRequests = true, Pasid = true, VirtualCommands = true, QueuedInvalidation = true });
        RegisterFile file = new(unit);
        Dictionary<string, ulong> nonZero = file.Registers.Where(register => register.Reset != 0).ToDictionary(register => register.Name, register => register.Reset);

        Assert.Equal(
            new Dictionary<string, ulong>
            {
                ["VER"] = 0x10, ["CAP"] = unit.Capability.Bits, ["ECAP"] = unit.ExtendedCapability.Bits, ["FECTL"] = 0x8000_0000, ["IECTL"] = 0x8000_0000,
                ["PECTL"] = 0x8000_0000, ["VCCAP"] = 0b111,
            },
            nonZero);
    }

    private static PlacedRegister Register(string name) =>
        new RegisterFile(Units.Only(
            FarRecords with { AdvancedFaultLog = true },
            FarInvalidation with { QueuedInvalidation = true, PageRequests = true, DeviceTlb = true })).Registers.Single(register => register.Name == name);
}
