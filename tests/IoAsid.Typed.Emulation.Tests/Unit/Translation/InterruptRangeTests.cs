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
            foreach (SpaceBench space in (SpaceBench[])[SpaceBench.OfFirstStage(), SpaceBench.OfSecondStage()])
            {
                using (space)
                {
                    const ulong Base = SpaceBench.Input & ~0x3FFF_FFFFUL;
                    bool first = space.Entry.GrantType == PasidGrantType.FirstStage;
                    space.Tables[SpaceBench.Input, 3] = Gigabyte | PageTables.PageSize | (first ? PageTables.User : PageTables.ReadWrite);
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
        using UnitBench bench = UnitBench.InLegacyMode(0x20_0000);
        PageTables tables = new(bench.Memory, 0x20_0000, 4, PageTables.ReadWrite) { [0x8000_0000, 3] = Gigabyte | PageTables.PageSize | PageTables.ReadWrite };
        Assert.Equal(Gigabyte, bench.Output(DmaAccess.Read, 0x8000_0000));

        Assert.Equal(expected, bench.Fault(DmaAccess.Read, 0x8000_0000 + target - Gigabyte));
    }

    [Fact]
    public void A_transfer_into_the_interrupt_range_stops_at_its_edge()
    {
        using SpaceBench space = SpaceBench.OfSecondStage();
        space.Tables[SpaceBench.Input, 3] = Gigabyte | PageTables.PageSize | PageTables.ReadWrite;
        const ulong Start = (SpaceBench.Input & ~0x3FFF_FFFFUL) + 0xFEDF_FFF8 - Gigabyte;
        DmaRequest request = new(UnitBench.Device, Start, DmaAccess.Write, SpaceBench.Prefix);

        Assert.Equal(CompletionStatus.UnsupportedRequest, space.Bench.Unit.Write(request, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]));

        Assert.Equal((0x0807_0605_0403_0201UL, 0UL), (space.Bench.Word(0xFEDF_FFF8), space.Bench.Word(0xFEE0_0000)));
        Assert.Equal(FaultReason.ScalableInterruptRange, space.Bench.RecordedReason);
    }

    [Fact]
    [Specification("3.15/1", "3.15/4")]
    public void Only_writes_without_a_PASID_are_interrupts()
    {
        using SpaceBench space = SpaceBench.OfFirstStage();
        space.Tables[0xFEE0_1000] = SpaceBench.Page | PageTables.User;
        DmaRequest request = new(UnitBench.Device, 0xFEE0_1000, DmaAccess.Write);

        Assert.Equal(CompletionStatus.Success, space.Bench.Unit.Write(request, [0x45, 0, 0, 0]));
        Assert.Equal([new(0xFEE0_1000, 0x45)], space.Bench.Interrupts);

        Assert.Equal(CompletionStatus.Success, space.Bench.Unit.Write(request with { Prefix = SpaceBench.Prefix }, [0x46, 0, 0, 0]));
        Assert.Single(space.Bench.Interrupts);
        Assert.Equal(0x46UL, space.Bench.Word(SpaceBench.Page));
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
            using UnitBench bench = legacy ? UnitBench.InLegacyMode(0x20_0000) : UnitBench.InScalableMode();
            bench.Set(0xFEE0_1000, 0x1234);
            DmaRequest request = new(UnitBench.Device, 0xFEE0_1000, length < 0 ? DmaAccess.Write : DmaAccess.Read);
            CompletionStatus status = atomic
                ? bench.Unit.Atomic(request with { Access = DmaAccess.Atomic }, AtomicOperation.Swap, length, 5, 0, out _)
                : length < 0 ? bench.Unit.Write(request, new byte[-length]) : bench.Unit.Read(request, new byte[length]);

            Assert.Equal((expected, recorded), (status, bench.RecordedReason));
            Assert.Equal((length == -4 ? 1 : 0, 0x1234UL), (bench.Interrupts.Count, bench.Word(0xFEE0_1000)));
        }
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
        using UnitBench bench = UnitBench.InScalableMode();
        bench.SetPasid(new Pasid(5), new PasidEntry { Present = true, GrantType = PasidGrantType.PassThrough, DomainId = new(7) });

        Assert.Equal(expected, bench.Fault(DmaAccess.Write, address, new PasidPrefix(new Pasid(5))));

        bench.ClearFaults();
        bench.Unit.Translate(new DmaRequest(UnitBench.Device, address, DmaAccess.Write, IsTranslated: true));
        Assert.Equal(expected, bench.RecordedReason);
    }
}
