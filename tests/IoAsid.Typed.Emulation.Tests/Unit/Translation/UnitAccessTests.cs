using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>Special accesses of devices: outside of memory, unaligned, without translation, and the events of an observer.</summary>
public sealed class UnitAccessTests
{
    [Fact]
    public void An_access_outside_of_memory_is_unsupported()
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
    public void Nothing_is_recorded_while_translation_is_disabled()
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
    public void Observers_are_notified_of_faults_of_blocked_requests_only()
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
