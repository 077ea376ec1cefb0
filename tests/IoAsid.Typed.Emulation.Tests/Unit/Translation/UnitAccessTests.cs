using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>Accesses of devices at the edges: holes of memory, addresses that are not aligned, a unit that does not translate, and what observers see.</summary>
public sealed class UnitAccessTests
{
    [Fact]
    public void An_access_to_a_hole_is_unsupported()
    {
        using UnitBench bench = UnitBench.InScalableMode();
        bench.PassThrough(default);

        Assert.Equal(CompletionStatus.UnsupportedRequest, bench.Unit.Read(new DmaRequest(UnitBench.Device, UnitBench.Hole, DmaAccess.Read), new byte[4]));
        Assert.Equal(CompletionStatus.UnsupportedRequest, bench.Unit.Write(new DmaRequest(UnitBench.Device, UnitBench.Hole, DmaAccess.Write), [1, 2, 3, 4]));
        Assert.Equal(0u, bench.Registers.Read32(0x34));
    }

    [Theory]
    [InlineData(4, 2UL)]
    [InlineData(8, 4UL)]
    public void An_AtomicOp_is_aligned(int size, ulong offset)
    {
        using UnitBench bench = UnitBench.InScalableMode();
        bench.PassThrough(default);
        DmaRequest request = new(UnitBench.Device, 0x50_0000 + offset, DmaAccess.Atomic);

        Assert.Equal(CompletionStatus.UnsupportedRequest, bench.Unit.Atomic(request, AtomicOperation.FetchAdd, size, 1, 0, out _));
        Assert.Equal(0UL, bench.Word(0x50_0000));
    }

    [Fact]
    [Specification("4.1.2/1")]
    public void A_unit_without_device_TLBs_supports_no_translation_request()
    {
        using UnitBench bench = UnitBench.InScalableMode(Lacking.Capability("DT"), UnitBench.PasidEnable);

        Assert.Equal(CompletionStatus.UnsupportedRequest, bench.Unit.Translate(new(UnitBench.Device, 0x1000, 1, NoWrite: false), new TranslationEntry[1], out _));
        Assert.Equal(0u, bench.Registers.Read32(0x34));
    }

    [Fact]
    [Specification("4.2.1/4", "3.1/1")]
    public void While_translation_is_off_nothing_is_recorded()
    {
        using UnitBench bench = UnitBench.InScalableMode();
        bench.Clear(1u << 31);
        bench.Unit.Translate(new TranslationRequest(UnitBench.Device, 0x1000, 1, NoWrite: false), new TranslationEntry[1], out _);
        Assert.Equal(CompletionStatus.UnsupportedRequest, bench.Unit.Read(new DmaRequest(UnitBench.Device, 0xFEE0_0000, DmaAccess.Read), new byte[4]));
        bench.Unit.Receive(new InvalidateCompletionMessage(UnitBench.Device, 1));

        Assert.Equal(0u, bench.Registers.Read32(0x34));
        Assert.Contains("completed a device-TLB invalidation while translation is disabled", Assert.Single(bench.Reports), StringComparison.Ordinal);
    }

    [Fact]
    public void Observers_see_a_fault_of_requests_that_are_refused_only()
    {
        using SpaceBench space = SpaceBench.OfFirstStage();
        List<UnitEvent> seen = [];
        space.Bench.Unit.Observer = seen.Add;
        space.Output(DmaAccess.Read);
        Assert.Empty(seen);
        space.Bench.Translate(DmaAccess.Read, SpaceBench.Input + 0x1000, SpaceBench.Prefix);

        Assert.Equal(
            [new UnitEvent(UnitEventKind.Fault, UnitBench.Device, SpaceBench.Prefix, SpaceBench.Input + 0x1000, (ulong)FaultReason.FirstStageEntryNotPresent)], seen);
    }
}
