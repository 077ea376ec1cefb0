using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The fault records of a unit with four records (VT-d 7.2.1, 11.4.7.6).</summary>
public sealed class FaultRecordingTests
{
    private const uint Overflow = 1 << 0;
    private const uint Pending = 1 << 1;

    [Fact]
    [Specification("7.2.1/1", "7.2.1/3", "7.2.1/7", "11.4.7.1/1")]
    public void Records_are_written_in_turn_and_FRI_is_the_oldest_pending_one()
    {
        using UnitBench bench = UnitBench.InScalableMode();
        for (int fault = 0; fault < 3; fault++)
            Refuse(bench, fault);
        Assert.Equal((0, 1, 2), (AddressIn(bench, 0), AddressIn(bench, 1), AddressIn(bench, 2)));
        Assert.Equal(Pending | 0 << 8, Status(bench));

        bench.ClearRecord(0);
        Assert.Equal(Pending | 1 << 8, Status(bench));
        bench.ClearRecord(2);
        Assert.Equal(Pending | 1 << 8, Status(bench));
        bench.ClearRecord(1);
        Assert.Equal(0u, Status(bench));

        // The index continues with 3, and then with 0.
        Refuse(bench, 3);
        Refuse(bench, 4);
        Assert.Equal((3, 4), (AddressIn(bench, 3), AddressIn(bench, 0)));
        Assert.Equal(Pending | 3 << 8, Status(bench));
    }

    [Fact]
    [Specification("7.2.1/4", "7.2.1/6", "7.2.1/8", "11.4.7.1/2")]
    public void Faults_are_lost_from_an_overflow_until_PFO_is_cleared()
    {
        using UnitBench bench = UnitBench.InScalableMode();
        for (int fault = 0; fault < 4; fault++)
            Refuse(bench, fault);
        Assert.Equal(Pending, Status(bench));
        Refuse(bench, 4);
        Assert.Equal(Pending | Overflow, Status(bench));

        // While PFO is set, faults are dropped although a record is free (VT-d 7.2.1).
        bench.ClearRecord(0);
        Refuse(bench, 5);
        Assert.False(bench.Record(0).Fault);

        bench.Registers.Write32(0x34, Overflow);
        Refuse(bench, 6);
        Assert.Equal(6, AddressIn(bench, 0));
        Assert.Equal(Pending | 1 << 8, Status(bench));
    }

    [Theory]
    // In a unit without a second stage, the width of the first stage applies.
    [InlineData(true, 57)]
    [InlineData(false, 48)]
    [Specification("11.4.7.6/4")]
    public void Fault_information_has_the_width_of_addresses(bool fiveLevels, int width)
    {
        VtdCapabilities firstStage = VtdCapabilities.FirstStageOnly;
        using UnitBench bench = UnitBench.InScalableMode(UnitBench.Options with
        {
            Capabilities = firstStage with { Capability = firstStage.Capability with { SupportedAddressWidths = 0, FiveLevelPaging = fiveLevels } },
        });
        bench.SetPasid(new Pasid(5), new PasidEntry { Present = true, GrantType = PasidGrantType.FirstStage });
        bench.Translate(DmaAccess.Read, 0x7FFF_FFFF_FFFF_F000, new PasidPrefix(new Pasid(5)));

        Assert.Equal((FaultReason.NotCanonical, (1UL << width) - 0x1000), (bench.RecordedReason, bench.Record(0).FaultInformation));
    }

    [Theory]
    [InlineData(0b0010, 39)]
    [InlineData(0b0110, 48)]
    [InlineData(0b1110, 57)]
    [Specification("11.4.7.6/4")]
    public void Fault_information_has_the_largest_width_of_the_second_stage(byte widths, int width)
    {
        using UnitBench bench = UnitBench.InScalableMode(UnitBench.With(cap => cap with { SupportedAddressWidths = widths }));
        bench.Translate(DmaAccess.Read, 0x7FFF_FFFF_FFFF_F000);

        Assert.Equal((1UL << width) - 0x1000, bench.Record(0).FaultInformation);
    }

    [Fact]
    [Specification("7.2.1/5")]
    public void Fault_of_a_device_without_a_pending_record_is_recorded()
    {
        using UnitBench bench = UnitBench.InScalableMode(UnitBench.Options with { CollapsesFaults = true });
        Refuse(bench, 0);
        bench.ClearRecord(0);
        Refuse(bench, 1);

        Assert.True(bench.Record(1).Fault);
    }

    [Fact]
    [Specification("7.2.1/2")]
    public void Disabling_translation_makes_the_first_record_the_next_to_use()
    {
        using UnitBench bench = UnitBench.InScalableMode();
        bench.Fault(DmaAccess.Read, 0x1000);
        bench.ClearFaults();
        bench.Clear(1u << 31);
        bench.Command(1u << 31);
        bench.Translate(DmaAccess.Read, 0x2000);

        Assert.Equal((true, false, 0x2000UL), (bench.Record(0).Fault, bench.Record(1).Fault, bench.Record(0).FaultInformation));
    }

    [Theory]
    // A unit may drop a fault of a device that has a pending record (VT-d 7.2.1).
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    [Specification("7.2.1/5")]
    public void Faults_of_one_device_collapse_if_the_unit_collapses_faults(bool collapses, int expected)
    {
        using UnitBench bench = UnitBench.InScalableMode(UnitBench.Options with { CollapsesFaults = collapses });
        Refuse(bench, 0);
        Refuse(bench, 1);
        Assert.Equal(expected, Enumerable.Range(0, 4).Count(index => bench.Record(index).Fault));

        _ = bench.Translate(DmaAccess.Read, 0x2000, device: UnitBench.OtherDevice);
        Assert.Equal(expected + 1, Enumerable.Range(0, 4).Count(index => bench.Record(index).Fault));
    }

    [Theory]
    // T1 and T2 are 00 for a write, 10 for a read and 11 for an AtomicOp. AT, PP, PRIV, EXE and the page address follow (VT-d 11.4.7.6).
    [InlineData(DmaAccess.Write, false, false, 0x8000_0030_0000_0000UL)]
    [InlineData(DmaAccess.Read, false, false, 0xC000_0030_0000_0000UL)]
    [InlineData(DmaAccess.Atomic, false, false, 0xC000_0030_1000_0000UL)]
    [InlineData(DmaAccess.Read, true, true, 0xC000_0030_6000_0000UL)]
    [Specification("11.4.7.6/2", "11.4.7.6/3", "11.4.7.6/4")]
    public void A_record_has_the_fields_of_the_request(DmaAccess access, bool execute, bool privileged, ulong expected)
    {
        using UnitBench bench = UnitBench.InScalableMode();
        bench.SetRoot(UnitBench.Root | 2 << 10);
        _ = bench.Translate(access, 0xABC_DEF0_1234_5678, new PasidPrefix(new Pasid(0xF_1234), execute, privileged));

        FaultRecord record = bench.Record(0);
        // FI has the bits of the widest tables, which are 57 here.
        Assert.Equal(0xABC_DEF0_1234_5000UL & (1UL << 57) - 1, record.Bits[0]);
        Assert.Equal(expected | 0xF_1234UL << 40 | 1UL << 31 | UnitBench.Device.Value, record.Bits[1]);
    }

    [Fact]
    [Specification("11.4.7.6/5")]
    public void A_unit_without_PASIDs_records_none()
    {
        using UnitBench bench = UnitBench.InScalableMode(Lacking.Capability("PASID"), UnitBench.DeviceTlbEnable);
        _ = bench.Translate(DmaAccess.Read, 0x1000, new PasidPrefix(new Pasid(5), execute: true, privileged: true));

        FaultRecord record = bench.Record(0);
        Assert.Equal(FaultReason.PasidDisabled, record.Reason);
        Assert.Equal((false, default, false, false), (record.PasidPresent, record.Pasid, record.Execute, record.Privileged));
    }

    [Fact]
    [Specification("11.4.7.6/5")]
    public void A_unit_without_device_TLBs_records_no_address_type()
    {
        using UnitBench bench = UnitBench.InScalableMode(Lacking.Capability("DT"), UnitBench.PasidEnable);
        bench.Unit.Write(new DmaRequest(UnitBench.Device, 0x1000, DmaAccess.Write, IsTranslated: true), [1]);

        Assert.Equal((FaultReason.DeviceTlbDisabled, AddressType.Untranslated), (bench.Record(0).Reason, bench.Record(0).AddressType));
    }

    [Fact]
    public void A_record_without_PASID_has_PP_clear()
    {
        using UnitBench bench = UnitBench.InScalableMode();
        Refuse(bench, 1);

        Assert.False(bench.Record(0).PasidPresent);
    }

    [Fact]
    [Specification("11.4.7.6/1")]
    public void Software_clears_F_only_and_writes_nothing_else_of_a_record()
    {
        using UnitBench bench = UnitBench.InScalableMode();
        Refuse(bench, 1);
        (ulong low, ulong high) = (bench.Record(0).Bits[0], bench.Record(0).Bits[1]);

        bench.Registers.Write64(0x220, ulong.MaxValue);
        bench.Registers.Write32(0x228, uint.MaxValue);
        bench.Registers.Write32(0x22C, 0x7FFF_FFFF);
        Assert.Equal((low, high), (bench.Record(0).Bits[0], bench.Record(0).Bits[1]));

        bench.Registers.Write64(0x228, ulong.MaxValue);
        Assert.Equal(high & ~(1UL << 63), bench.Record(0).Bits[1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [Specification("11.4.2/9")]
    public void A_unit_has_the_number_of_records_in_NFR(int records)
    {
        using UnitBench bench = UnitBench.InScalableMode(UnitBench.With(cap => cap with
        {
            NumberOfFaultRecords = (byte)(records - 1),
            FaultRecordOffset = 0x100,
        }));
        for (int fault = 0; fault <= records; fault++)
        {
            Assert.Equal(0u, Status(bench) & Overflow);
            Refuse(bench, fault);
        }

        Assert.Equal(Overflow, Status(bench) & Overflow);
        Assert.Equal(Enumerable.Range(0, records), Enumerable.Range(0, records).Select(index => AddressIn(bench, index)));
    }

    private static void Refuse(UnitBench bench, int fault) => bench.Translate(DmaAccess.Read, (ulong)fault << 12);

    private static int AddressIn(UnitBench bench, int index) => (int)(bench.Record(index).FaultInformation >> 12);

    private static uint Status(UnitBench bench) => bench.Registers.Read32(0x34);
}
