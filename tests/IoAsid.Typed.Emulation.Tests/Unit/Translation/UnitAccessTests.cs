using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>Special accesses of devices: outside of memory, unaligned, without translation, and the events of an observer.</summary>
public sealed class UnitAccessTests
{
    [Fact]
    public void An_access_outside_of_memory_is_unsupported()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.PassThrough(default);

        Assert.Equal(CompletionStatus.UnsupportedRequest, fixture.Unit.Read(new DmaRequest(UnitFixture.Device, UnitFixture.Hole, DmaAccess.Read), new byte[4]));
        Assert.Equal(CompletionStatus.UnsupportedRequest, fixture.Unit.Write(new DmaRequest(UnitFixture.Device, UnitFixture.Hole, DmaAccess.Write), [1, 2, 3, 4]));
        Assert.Equal(0u, fixture.Registers.Read32(0x34));
    }

    [Theory]
    [InlineData(4, 2UL)]
    [InlineData(8, 4UL)]
    public void An_AtomicOp_is_aligned(int size, ulong offset)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.PassThrough(default);
        DmaRequest request = new(UnitFixture.Device, 0x50_0000 + offset, DmaAccess.Atomic);

        Assert.Equal(CompletionStatus.UnsupportedRequest, fixture.Unit.Atomic(request, AtomicOperation.FetchAdd, size, 1, 0, out _));
        Assert.Equal(0UL, fixture.Word(0x50_0000));
    }

    [Fact]
    [Specification("4.1.2/1")]
    public void A_unit_without_device_TLBs_supports_no_translation_request()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(Lacking.Capability("DT"), UnitFixture.PasidEnable);

        Assert.Equal(CompletionStatus.UnsupportedRequest, fixture.Unit.Translate(new(UnitFixture.Device, 0x1000, 1, NoWrite: false), new TranslationEntry[1], out _));
        Assert.Equal(0u, fixture.Registers.Read32(0x34));
    }

    [Fact]
    [Specification("4.2.1/4", "3.1/1")]
    public void Nothing_is_recorded_while_translation_is_disabled()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.Clear(1u << 31);
        fixture.Unit.Translate(new TranslationRequest(UnitFixture.Device, 0x1000, 1, NoWrite: false), new TranslationEntry[1], out _);
        Assert.Equal(CompletionStatus.UnsupportedRequest, fixture.Unit.Read(new DmaRequest(UnitFixture.Device, 0xFEE0_0000, DmaAccess.Read), new byte[4]));
        fixture.Unit.Receive(new InvalidateCompletionMessage(UnitFixture.Device, 1));

        Assert.Equal(0u, fixture.Registers.Read32(0x34));
        Assert.Contains("completed a device-TLB invalidation while translation is disabled", Assert.Single(fixture.Reports), StringComparison.Ordinal);
    }

    [Fact]
    public void Observers_are_notified_of_faults_of_blocked_requests_only()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        List<UnitEvent> seen = space.Fixture.RecordEvents();
        space.Output(DmaAccess.Read);
        Assert.Empty(seen);
        space.Fixture.Translate(DmaAccess.Read, SpaceFixture.Input + 0x1000, SpaceFixture.Prefix);

        Assert.Equal(
            [new UnitEvent(UnitEventKind.Fault, UnitFixture.Device, SpaceFixture.Prefix, SpaceFixture.Input + 0x1000, (ulong)FaultReason.FirstStageEntryNotPresent)], seen);
    }
}
