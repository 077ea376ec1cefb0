using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The allocations of accesses in the steady state, which must be zero.</summary>
public sealed class UnitAllocationTests : IDownstreamPort
{
    private const int Rounds = 200;

    [Fact]
    public void An_IOTLB_hit_allocates_nothing()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        Assert.Equal(0, AllocatedBy(() => Read(space.Fixture, SpaceFixture.Input, SpaceFixture.Prefix)));
    }

    [Fact]
    public void A_walk_allocates_nothing()
    {
        UnitOptions uncached = UnitFixture.Options with { Caching = false };
        using SpaceFixture first = SpaceFixture.OfFirstStage(uncached, levels: 5);
        using SpaceFixture second = SpaceFixture.OfSecondStage(uncached, levels: 5);
        using SpaceFixture nested = SpaceFixture.OfBothStages(uncached);
        Assert.Multiple(
            () => Assert.Equal(0, AllocatedBy(() => Read(first.Fixture, SpaceFixture.Input, SpaceFixture.Prefix))),
            () => Assert.Equal(0, AllocatedBy(() => Read(second.Fixture, SpaceFixture.Input, SpaceFixture.Prefix))),
            () => Assert.Equal(0, AllocatedBy(() => Read(nested.Fixture, SpaceFixture.Input, SpaceFixture.Prefix))));
    }

    [Fact]
    public void A_fault_allocates_nothing()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        Assert.Equal(0, AllocatedBy(() => space.Fixture.Fault(DmaAccess.Read, 0x1000, SpaceFixture.Prefix)));
    }

    [Fact]
    public void An_invalidation_with_its_wait_and_a_walk_allocates_nothing()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        space.Fixture.EnableQueue();
        Assert.Equal(0, AllocatedBy(() =>
        {
            space.Fixture.Store(Descriptor.PasidPages(SpaceFixture.Domain, SpaceFixture.Pasid, SpaceFixture.Input), Descriptor.Wait(UnitFixture.Status, 1));
            space.Fixture.Registers.Write64(0x88, space.Fixture.StoredTail);
            space.Fixture.Scheduler.Run();
            Read(space.Fixture, SpaceFixture.Input, SpaceFixture.Prefix);
        }));
        Assert.Equal(1UL, space.Fixture.Word(UnitFixture.Status));
    }

    [Fact]
    public void A_page_request_with_its_response_allocates_nothing()
    {
        SeededScheduler scheduler = new();
        using UnitFixture tables = UnitFixture.InScalableMode();
        using VtdUnit unit = new(UnitFixture.Options, new UnitContext("measured", tables.Memory, scheduler.Hardware, this));
        unit.Registers.Write64(0x20, UnitFixture.Root | 1 << 10);
        unit.Registers.Write32(0x18, 1u << 30);
        unit.Registers.Write64(0x90, UnitFixture.Queue | 1 << 11);
        unit.Registers.Write32(0x18, 1u << 26);
        unit.Registers.Write32(0x18, 1u << 31 | 1u << 26);
        unit.Registers.Write64(0xD0, UnitFixture.Ring);
        unit.Registers.Write32(0xE0, 0);
        tables.PassThrough(new Pasid(5));
        Descriptor response = Descriptor.Response(UnitFixture.Device, new Pasid(5), 3, 0);
        tables.EnableQueue();
        for (int entry = 0; entry < 128; entry++)
            tables.Store(response);

        int rounds = 0;
        Assert.Equal(0, AllocatedBy(() =>
        {
            rounds++;
            unit.Receive(new PageRequestMessage(UnitFixture.Device, 0x1000, 3, Read: true, Write: true, IsLast: true, new PasidPrefix(new Pasid(5))));
            scheduler.Run();
            unit.Registers.Write64(0xC0, unit.Registers.Read64(0xC8));
            unit.Registers.Write32(0xDC, 1);
            unit.Registers.Write64(0x88, (unit.Registers.Read64(0x88) + 32) % 4096);
            scheduler.Run();
        }));
        Assert.Equal((rounds, rounds), (_responses, _interrupts));
    }

    private int _responses;
    private int _interrupts;

    void IDownstreamPort.Send(in InvalidateRequestMessage message)
    {
        // These tests submit no invalidation of a device TLB.
    }

    void IDownstreamPort.Send(in PageGroupResponseMessage message) => _responses++;

    void IDownstreamPort.Send(in InterruptMessage message) => _interrupts++;

    private static long AllocatedBy(Action access)
    {
        Repeat();
        return SteadyState.AllocatedBy(Repeat);

        void Repeat()
        {
            for (int round = 0; round < Rounds; round++)
                access();
        }
    }

    private static void Read(UnitFixture fixture, ulong address, PasidPrefix prefix)
    {
        Span<byte> data = stackalloc byte[8];
        if (fixture.Unit.Read(new DmaRequest(UnitFixture.Device, address, DmaAccess.Read, prefix), data) != CompletionStatus.Success)
            throw new InvalidOperationException("The unit blocked the request.");
    }
}
