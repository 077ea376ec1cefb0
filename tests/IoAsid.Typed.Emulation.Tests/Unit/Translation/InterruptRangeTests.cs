using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// The interrupt range, FEE0_0000h to FEEF_FFFFh (VT-d 3.15). A write without PASID is an interrupt, and no output may be in the range. The tests have memory at
/// these addresses, so that an access that is not blocked is visible.
/// </summary>
public sealed class InterruptRangeTests
{
    private const ulong Gigabyte = 0xC000_0000;

    [Theory]
    [InlineData(0xFEDF_F000UL, false)]
    [InlineData(0xFEDF_FFFFUL, false)]
    [InlineData(0xFEE0_0000UL, true)]
    [InlineData(0xFEEF_FFFFUL, true)]
    [InlineData(0xFEF0_0000UL, false)]
    [Specification("3.15/5")]
    public void No_large_page_maps_into_the_interrupt_range(ulong target, bool inside)
    {
        foreach (bool cached in (bool[])[false, true])
        {
            foreach (SpaceFixture space in (SpaceFixture[])[SpaceFixture.OfFirstStage(), SpaceFixture.OfSecondStage()])
            {
                using (space)
                {
                    const ulong Base = SpaceFixture.Input & ~0x3FFF_FFFFUL;
                    bool first = space.Entry.GrantType == PasidGrantType.FirstStage;
                    space.Tables[SpaceFixture.Input, 3] = Gigabyte | EntryBits.PageSize | (first ? EntryBits.User : EntryBits.ReadWrite);
                    if (cached)
                        space.Output(DmaAccess.Write, Base);

                    Assert.Equal(inside ? FaultReason.ScalableInterruptRange : FaultReason.None, space.Fault(DmaAccess.Write, Base + target - Gigabyte));
                }
            }
        }
    }

    [Theory]
    [InlineData(0xFEDF_F000UL, FaultReason.None)]
    [InlineData(0xFEE0_0000UL, FaultReason.InterruptRangeOutput)]
    [InlineData(0xFEEF_F000UL, FaultReason.InterruptRangeOutput)]
    [Specification("3.15/5")]
    public void In_legacy_mode_the_fault_reason_is_Eh(ulong target, FaultReason expected)
    {
        using UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000);
        PageTables tables = new(new TablePages(fixture.Memory, 0x20_0000), 4, EntryBits.ReadWrite) { [0x8000_0000, 3] = Gigabyte | EntryBits.PageSize | EntryBits.ReadWrite };
        Assert.Equal(Gigabyte, fixture.Output(DmaAccess.Read, 0x8000_0000));

        Assert.Equal(expected, fixture.Fault(DmaAccess.Read, 0x8000_0000 + target - Gigabyte));
    }

    [Fact]
    public void A_transfer_into_the_interrupt_range_stops_at_its_edge()
    {
        using SpaceFixture space = SpaceFixture.OfSecondStage();
        space.Tables[SpaceFixture.Input, 3] = Gigabyte | EntryBits.PageSize | EntryBits.ReadWrite;
        const ulong Start = (SpaceFixture.Input & ~0x3FFF_FFFFUL) + 0xFEDF_FFF8 - Gigabyte;
        DmaRequest request = new(UnitFixture.Device, Start, DmaAccess.Write, SpaceFixture.Prefix);

        Assert.Equal(CompletionStatus.UnsupportedRequest, space.Fixture.Unit.Write(request, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]));

        Assert.Equal((0x0807_0605_0403_0201UL, 0UL), (space.Fixture.Word(0xFEDF_FFF8), space.Fixture.Word(0xFEE0_0000)));
        Assert.Equal(FaultReason.ScalableInterruptRange, space.Fixture.RecordedReason);
    }

    [Fact]
    [Specification("3.15/1", "3.15/4")]
    public void Only_writes_without_a_PASID_are_interrupts()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        space.Tables[0xFEE0_1000] = SpaceFixture.Page | EntryBits.User;
        DmaRequest request = new(UnitFixture.Device, 0xFEE0_1000, DmaAccess.Write);

        Assert.Equal(CompletionStatus.Success, space.Fixture.Unit.Write(request, [0x45, 0, 0, 0]));
        Assert.Equal([new(0xFEE0_1000, 0x45)], space.Fixture.Interrupts);

        Assert.Equal(CompletionStatus.Success, space.Fixture.Unit.Write(request with { Prefix = SpaceFixture.Prefix }, [0x46, 0, 0, 0]));
        Assert.Single(space.Fixture.Interrupts);
        Assert.Equal(0x46UL, space.Fixture.Word(SpaceFixture.Page));
    }

    [Theory]
    // The number of bytes that are read, or written if negative, true for an AtomicOp, and the recorded fault reason.
    [InlineData(0, false, FaultReason.None)]
    [InlineData(4, false, FaultReason.InterruptRangeRequest)]
    [InlineData(64, false, FaultReason.InterruptRangeRequest)]
    [InlineData(4, true, FaultReason.InterruptRangeRequest)]
    [InlineData(8, true, FaultReason.InterruptRangeRequest)]
    [InlineData(-2, false, FaultReason.InterruptRangeRequest)]
    [InlineData(-4, false, FaultReason.None)]
    [InlineData(-8, false, FaultReason.InterruptRangeRequest)]
    [InlineData(-64, false, FaultReason.InterruptRangeRequest)]
    [Specification("3.15/1", "3.15/2", "3.15/3")]
    public void Only_writes_of_four_bytes_are_interrupts(int length, bool atomic, FaultReason recorded)
    {
        CompletionStatus expected = recorded == FaultReason.None ? CompletionStatus.Success : CompletionStatus.UnsupportedRequest;
        foreach (bool legacy in (bool[])[false, true])
        {
            using UnitFixture fixture = legacy ? UnitFixture.InLegacyMode(0x20_0000) : UnitFixture.InScalableMode();
            fixture.Set(0xFEE0_1000, 0x1234);
            DmaRequest request = new(UnitFixture.Device, 0xFEE0_1000, length < 0 ? DmaAccess.Write : DmaAccess.Read);
            CompletionStatus status = atomic
                ? fixture.Unit.Atomic(request with { Access = DmaAccess.Atomic }, AtomicOperation.Swap, length, 5, 0, out _)
                : length < 0 ? fixture.Unit.Write(request, new byte[-length]) : fixture.Unit.Read(request, new byte[length]);

            Assert.Equal((expected, recorded), (status, fixture.RecordedReason));
            Assert.Equal((length == -4 ? 1 : 0, 0x1234UL), (fixture.Interrupts.Count, fixture.Word(0xFEE0_1000)));
        }
    }

    [Theory]
    [InlineData(0xFEE0_0FFDUL)]
    [InlineData(0xFEE0_1001UL)]
    [InlineData(0xFEE0_1002UL)]
    [InlineData(0xFEE0_1003UL)]
    [Specification("3.15/1", "3.15/3")]
    public void Writes_across_doublewords_are_no_interrupts(ulong address)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();

        Assert.Equal(CompletionStatus.UnsupportedRequest, fixture.Unit.Write(new DmaRequest(UnitFixture.Device, address, DmaAccess.Write), [1, 2, 3, 4]));
        Assert.Equal((FaultReason.InterruptRangeRequest, 0), (fixture.RecordedReason, fixture.Interrupts.Count));
    }

    [Fact]
    [Specification("3.1/1")]
    public void Without_translation_a_write_with_a_PASID_is_an_interrupt()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.Clear(1u << 31);
        fixture.Set(0xFEE0_1000, 0x1234);
        DmaRequest request = new(UnitFixture.Device, 0xFEE0_1000, DmaAccess.Write, SpaceFixture.Prefix);

        Assert.Equal(CompletionStatus.Success, fixture.Unit.Write(request, [0x45, 0, 0, 0]));
        Assert.Equal(CompletionStatus.UnsupportedRequest, fixture.Unit.Read(request with { Access = DmaAccess.Read }, new byte[4]));
        Assert.Equal([new(0xFEE0_1000, 0x45)], fixture.Interrupts);
        Assert.Equal((0x1234UL, 0u), (fixture.Word(0xFEE0_1000), fixture.Registers.Read32(0x34)));
    }

    [Theory]
    // With a PASID and pass-through the request is blocked too (VT-d 3.15). A host address above HAW is 83h.
    [InlineData(0xFEE0_0000UL, FaultReason.ScalableInterruptRange)]
    [InlineData(0xFEEF_FFFFUL, FaultReason.ScalableInterruptRange)]
    [InlineData(0xFEF0_0000UL, FaultReason.None)]
    [InlineData(0x3FFF_FFFF_F000UL, FaultReason.None)]
    [InlineData(0x4000_0000_0000UL, FaultReason.AddressBeyondHostWidth)]
    [Specification("3.9/1", "3.9/2", "3.15/4", "3.15/6")]
    public void Pass_through_and_translated_requests_to_the_range_are_blocked(ulong address, FaultReason expected)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.SetPasid(new Pasid(5), new PasidEntry { Present = true, GrantType = PasidGrantType.PassThrough, DomainId = new(7) });

        Assert.Equal(expected, fixture.Fault(DmaAccess.Write, address, new PasidPrefix(new Pasid(5))));

        fixture.ClearFaults();
        fixture.Unit.Translate(new DmaRequest(UnitFixture.Device, address, DmaAccess.Write, IsTranslated: true));
        Assert.Equal(expected, fixture.RecordedReason);
    }
}
