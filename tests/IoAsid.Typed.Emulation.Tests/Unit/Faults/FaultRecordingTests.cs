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
    public void Records_are_written_in_turn_and_FRI_is_the_one_that_set_PPF()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        for (int fault = 0; fault < 3; fault++)
            Refuse(fixture, fault);
        Assert.Multiple(
            () => Assert.Equal(0, AddressIn(fixture, 0)),
            () => Assert.Equal(1, AddressIn(fixture, 1)),
            () => Assert.Equal(2, AddressIn(fixture, 2)));
        Assert.Equal(Pending | 0 << 8, Status(fixture));

        fixture.ClearRecord(0);
        Assert.Equal(Pending | 0 << 8, Status(fixture));
        fixture.ClearRecord(2);
        Assert.Equal(Pending | 0 << 8, Status(fixture));
        fixture.ClearRecord(1);
        Assert.Equal(0u, Status(fixture) & Pending);

        // The index continues with 3, and then with 0.
        Refuse(fixture, 3);
        Refuse(fixture, 4);
        Assert.Equal((3, 4), (AddressIn(fixture, 3), AddressIn(fixture, 0)));
        Assert.Equal(Pending | 3 << 8, Status(fixture));
    }

    [Fact]
    [Specification("7.2.1/4", "7.2.1/6", "7.2.1/8", "11.4.7.1/2")]
    public void Faults_are_lost_from_an_overflow_until_PFO_is_cleared()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        for (int fault = 0; fault < 4; fault++)
            Refuse(fixture, fault);
        Assert.Equal(Pending, Status(fixture));
        Refuse(fixture, 4);
        Assert.Equal(Pending | Overflow, Status(fixture));

        // While PFO is set, faults are dropped although a record is free (VT-d 7.2.1).
        fixture.ClearRecord(0);
        Refuse(fixture, 5);
        Assert.False(fixture.Record(0).Fault);

        fixture.Registers.Write32(0x34, Overflow);
        Refuse(fixture, 6);
        Assert.Equal(6, AddressIn(fixture, 0));
        Assert.Equal(Pending | 0 << 8, Status(fixture));
    }

    [Theory]
    // In a unit without a second stage, the width of the first stage applies.
    [InlineData(true, 57)]
    [InlineData(false, 48)]
    [Specification("11.4.7.6/4")]
    public void Fault_information_has_the_width_of_addresses(bool fiveLevels, int width)
    {
        VtdCapabilities firstStage = VtdCapabilities.FirstStageOnly;
        using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.Options with
        {
            Capabilities = firstStage with { Capability = firstStage.Capability with { SupportedAddressWidths = 0, FiveLevelPaging = fiveLevels } },
        });
        fixture.SetPasid(new Pasid(5), new PasidEntry { Present = true, GrantType = PasidGrantType.FirstStage });
        fixture.Translate(DmaAccess.Read, 0x7FFF_FFFF_FFFF_F000, new PasidPrefix(new Pasid(5)));

        Assert.Equal((FaultReason.NotCanonical, (1UL << width) - 0x1000), (fixture.RecordedReason, fixture.Record(0).FaultInformation));
    }

    [Theory]
    [InlineData(0b0010, 39)]
    [InlineData(0b0110, 48)]
    [InlineData(0b1110, 57)]
    [Specification("11.4.7.6/4")]
    public void Fault_information_has_the_largest_width_of_the_second_stage(byte widths, int width)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.With(cap => cap with { SupportedAddressWidths = widths }));
        fixture.Translate(DmaAccess.Read, 0x7FFF_FFFF_FFFF_F000);

        Assert.Equal((1UL << width) - 0x1000, fixture.Record(0).FaultInformation);
    }

    [Fact]
    [Specification("7.2.1/5")]
    public void Fault_of_a_device_without_a_pending_record_is_recorded()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.Options with { CollapsesFaults = true });
        Refuse(fixture, 0);
        fixture.ClearRecord(0);
        Refuse(fixture, 1);

        Assert.True(fixture.Record(1).Fault);
    }

    [Fact]
    [Specification("7.2.1/2")]
    public void Disabling_translation_makes_the_first_record_the_next_to_use()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.Fault(DmaAccess.Read, 0x1000);
        fixture.ClearFaults();
        fixture.Clear(1u << 31);
        fixture.Command(1u << 31);
        fixture.Translate(DmaAccess.Read, 0x2000);

        Assert.Multiple(
            () => Assert.True(fixture.Record(0).Fault),
            () => Assert.False(fixture.Record(1).Fault),
            () => Assert.Equal(0x2000UL, fixture.Record(0).FaultInformation));
    }

    [Theory]
    // A unit may drop a fault of a device that has a pending record (VT-d 7.2.1).
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    [Specification("7.2.1/5")]
    public void Faults_of_one_device_collapse_if_the_unit_collapses_faults(bool collapses, int expected)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.Options with { CollapsesFaults = collapses });
        Refuse(fixture, 0);
        Refuse(fixture, 1);
        Assert.Equal(expected, Enumerable.Range(0, 4).Count(index => fixture.Record(index).Fault));

        _ = fixture.Translate(DmaAccess.Read, 0x2000, device: UnitFixture.OtherDevice);
        Assert.Equal(expected + 1, Enumerable.Range(0, 4).Count(index => fixture.Record(index).Fault));
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
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.SetRoot(UnitFixture.Root | 2 << 10);
        _ = fixture.Translate(access, 0xABC_DEF0_1234_5678, new PasidPrefix(new Pasid(0xF_1234), execute, privileged));

        FaultRecord record = fixture.Record(0);
        // FI has the bits of the widest tables, which are 57 here.
        Assert.Equal(0xABC_DEF0_1234_5000UL & (1UL << 57) - 1, record.Bits[0]);
        Assert.Equal(expected | 0xF_1234UL << 40 | 1UL << 31 | UnitFixture.Device.Value, record.Bits[1]);
    }

    [Theory]
    // A translation request is a read on the bus, with and without NW (VT-d 4.2.1).
    [InlineData(false)]
    [InlineData(true)]
    [Specification("11.4.7.6/2", "11.4.7.6/3")]
    public void A_translation_request_is_recorded_as_a_read(bool noWrite)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.SetRoot(UnitFixture.Root | 2 << 10);
        fixture.Unit.Translate(new TranslationRequest(UnitFixture.Device, 0x1000, 1, noWrite), new TranslationEntry[1], out _);

        Assert.Equal((FaultRequestType.Read, AddressType.TranslationRequest), (fixture.Record(0).RequestType, fixture.Record(0).AddressType));
    }

    [Fact]
    [Specification("11.4.7.6/5")]
    public void A_unit_without_PASIDs_records_none()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(Lacking.Capability("PASID"), UnitFixture.DeviceTlbEnable);
        _ = fixture.Translate(DmaAccess.Read, 0x1000, new PasidPrefix(new Pasid(5), execute: true, privileged: true));

        FaultRecord record = fixture.Record(0);
        Assert.Equal(FaultReason.PasidDisabled, record.Reason);
        Assert.Multiple(
            () => Assert.False(record.PasidPresent),
            () => Assert.Equal(default, record.Pasid),
            () => Assert.False(record.Execute),
            () => Assert.False(record.Privileged));
    }

    [Fact]
    [Specification("11.4.7.6/5")]
    public void A_unit_without_device_TLBs_records_no_address_type()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(Lacking.Capability("DT"), UnitFixture.PasidEnable);
        fixture.Unit.Write(new DmaRequest(UnitFixture.Device, 0x1000, DmaAccess.Write, IsTranslated: true), [1]);

        Assert.Equal((FaultReason.DeviceTlbDisabled, AddressType.Untranslated), (fixture.Record(0).Reason, fixture.Record(0).AddressType));
    }

    [Fact]
    public void A_record_without_PASID_has_PP_clear()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        Refuse(fixture, 1);

        Assert.False(fixture.Record(0).PasidPresent);
    }

    [Fact]
    [Specification("11.4.7.6/1")]
    public void Software_clears_F_only_and_writes_nothing_else_of_a_record()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        Refuse(fixture, 1);
        (ulong low, ulong high) = (fixture.Record(0).Bits[0], fixture.Record(0).Bits[1]);

        fixture.Registers.Write64(0x220, ulong.MaxValue);
        fixture.Registers.Write32(0x228, uint.MaxValue);
        fixture.Registers.Write32(0x22C, 0x7FFF_FFFF);
        Assert.Equal((low, high), (fixture.Record(0).Bits[0], fixture.Record(0).Bits[1]));

        fixture.Registers.Write64(0x228, ulong.MaxValue);
        Assert.Equal(high & ~(1UL << 63), fixture.Record(0).Bits[1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [Specification("11.4.2/9")]
    public void A_unit_has_the_number_of_records_in_NFR(int records)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.With(cap => cap with
        {
            NumberOfFaultRecords = (byte)(records - 1),
            FaultRecordOffset = 0x100,
        }));
        for (int fault = 0; fault <= records; fault++)
        {
            Assert.Equal(0u, Status(fixture) & Overflow);
            Refuse(fixture, fault);
        }

        Assert.Equal(Overflow, Status(fixture) & Overflow);
        Assert.Equal(Enumerable.Range(0, records), Enumerable.Range(0, records).Select(index => AddressIn(fixture, index)));
    }

    private static void Refuse(UnitFixture fixture, int fault) => fixture.Translate(DmaAccess.Read, (ulong)fault << 12);

    private static int AddressIn(UnitFixture fixture, int index) => (int)(fixture.Record(index).FaultInformation >> 12);

    private static uint Status(UnitFixture fixture) => fixture.Registers.Read32(0x34);
}
