using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Address spaces for the PASIDs of a function that one driver owns, by numbers and by ids of a set.</summary>
public sealed class DmaAddressSpaceTests
{
    private const int Seeds = 10;
    private const int Queue = IommuFixture.PlainQueue;
    private const ulong Pattern = 0x1122_3344_5566_7788;

    private static readonly Pasid Nine = new(9);
    private static readonly TimeSpan Time = TimeSpan.FromMilliseconds(5);

    [Fact]
    public void Each_PASID_reaches_only_its_own_memory() => Run(async (fixture, device) =>
    {
        IDmaAddressSpace first = device.CreateAddressSpace();
        IDmaAddressSpace second = device.CreateAddressSpace();
        IDmaMemory ofDevice = await device.AllocateAsync(4096);
        IDmaMemory ofFirst = await first.AllocateAsync(4096);
        IDmaMemory ofSecond = await second.AllocateAsync(4096);
        await using IDmaAttachment attachment = await device.AttachAsync(first, Nine);
        await using IDmaAttachment other = await device.AttachAsync(second, new Pasid(10));

        await FillAsync(fixture, device, attachment.Pasid, ofFirst.Address, Pattern);

        Assert.Equal((first, Nine), (attachment.AddressSpace, attachment.Pasid));
        Assert.Equal((ofFirst.Address, ofFirst.Address), (ofDevice.Address, ofSecond.Address));
        Assert.Equal(Pattern, WordOf(ofFirst));
        Assert.All((IDmaMemory[])[ofSecond, ofDevice], other => Assert.Equal(0UL, WordOf(other)));
        Assert.Empty(fixture.Faults);
    });

    [Fact]
    public void Memory_that_is_allocated_after_the_attachment_is_reached_by_each_PASID() => Run(async (fixture, device) =>
    {
        IDmaAddressSpace space = device.CreateAddressSpace();
        await using IDmaAttachment first = await device.AttachAsync(space, Nine);
        await using IDmaAttachment second = await device.AttachAsync(space, new Pasid(10));
        IDmaMemory memory = await space.AllocateAsync(4096);

        await FillAsync(fixture, device, first.Pasid, memory.Address, Pattern);
        await FillAsync(fixture, device, second.Pasid, memory.Address + 64, ~Pattern);

        Assert.Equal((Pattern, ~Pattern), (WordOf(memory), WordOf(memory, 64)));
    });

    [Fact]
    public void A_PASID_reaches_nothing_after_its_detachment() => Run(async (fixture, device) =>
    {
        IDmaAddressSpace space = device.CreateAddressSpace();
        IDmaMemory memory = await space.AllocateAsync(4096);
        IDmaAttachment attachment = await device.AttachAsync(space, Nine);
        await FillAsync(fixture, device, Nine, memory.Address, Pattern);

        await attachment.DisposeAsync();
        await attachment.DisposeAsync();
        Assert.Empty(((IommuDmaAddressSpace)space).Attachments);
        Assert.IsType<DomainAttachment>(Assert.Single(fixture.Subsystem.Units[0].Devices.SelectMany(known => known.Dependents)));
        fixture.Faults.Clear();
        await FillAsync(fixture, device, Nine, memory.Address, ~Pattern);

        Assert.Equal(Pattern, WordOf(memory));
        Assert.Equal<Pasid?>(Nine, Assert.Single(fixture.Faults.Select(fault => fault.Pasid).Distinct()));
        await using IDmaAttachment again = await device.AttachAsync(space, Nine);
        await FillAsync(fixture, device, Nine, memory.Address, ~Pattern);
        Assert.Equal(~Pattern, WordOf(memory));
    });

    [Fact]
    public void A_detachment_revokes_the_entry_and_suppresses_no_fault() => Run(async (fixture, device) =>
    {
        fixture.Devices[0] = Assert.Single(fixture.Subsystem.Units[0].Devices);
        IDmaAttachment attachment = await device.AttachAsync(device.CreateAddressSpace(), Nine);
        using DeviceTrace trace = new(fixture, Nine);

        await attachment.DisposeAsync();

        Assert.Equal(["unit P, device P, entry revoked", "unit P, device P, entry empty"], trace.Take());
    });

    [Fact]
    public void An_id_is_pending_until_its_attachment_is_disposed() => Run(async (fixture, device) =>
    {
        IDmaAddressSpace space = device.CreateAddressSpace();
        IDmaMemory memory = await space.AllocateAsync(4096);
        IoAsidSet<string> set = fixture.Subsystem.Pasids.CreateSet<string>("channels");
        IoAsidHandle<string> id = set.Allocate("tx");
        IDmaAttachment attachment = await fixture.Subsystem.AttachPasidAsync(device, space, id);
        await FillAsync(fixture, device, attachment.Pasid, memory.Address, Pattern);

        IoAsidFreeResult freed = Free(id);
        IoAsidHandle<string> next = set.Allocate("next");
        await attachment.DisposeAsync();

        Assert.Equal(IoAsidFreeResult.Pending, freed);
        Assert.NotEqual(id.Id, next.Id);
        Assert.Equal(Pattern, WordOf(memory));
        Assert.Equal(id.Id, set.Allocate("third").Id);
        await Assert.ThrowsAsync<StaleIoAsidException>(async () => _ = await fixture.Subsystem.AttachPasidAsync(device, space, id));
        set.FreeAll();
    });

    [Fact]
    public void A_disposal_of_the_address_space_detaches_PASIDs_and_frees_memory() => Run(async (fixture, device) =>
    {
        long before = fixture.Subsystem.Frames.InUse;
        IDmaAddressSpace space = device.CreateAddressSpace();
        IDmaMemory memory = await space.AllocateAsync(4096);
        IoAsidHandle<string> id = fixture.Subsystem.Pasids.CreateSet<string>("channels").Allocate("tx");
        _ = await fixture.Subsystem.AttachPasidAsync(device, space, id);
        _ = await device.AttachAsync(space, new Pasid(0x300));

        await space.DisposeAsync();
        await space.DisposeAsync();

        Assert.Equal(IoAsidFreeResult.Reclaimed, Free(id));
        Assert.Throws<ObjectDisposedException>(() => WordOf(memory));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await space.AllocateAsync(1));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await device.AttachAsync(space, Nine));
        Assert.InRange(fixture.Subsystem.Frames.InUse, before, before + 4); // Tables of the PASIDs stay.
    });

    [Fact]
    public void A_disposal_of_the_device_ends_all_of_its_address_spaces() => Run(async (fixture, device) =>
    {
        IDmaAddressSpace space = device.CreateAddressSpace();
        IDmaMemory memory = await space.AllocateAsync(4096);
        IoAsidHandle<string> id = fixture.Subsystem.Pasids.CreateSet<string>("channels").Allocate("tx");
        IDmaAttachment attachment = await fixture.Subsystem.AttachPasidAsync(device, space, id);

        await device.DisposeAsync();
        await attachment.DisposeAsync();
        await space.DisposeAsync();

        Assert.Equal(IoAsidFreeResult.Reclaimed, Free(id));
        Assert.Throws<ObjectDisposedException>(() => WordOf(memory));
        Assert.Throws<ObjectDisposedException>(() => device.CreateAddressSpace());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await space.AllocateAsync(1));
    });

    [Fact]
    public void A_disposal_of_the_subsystem_ends_attachments() => IommuFixture.RunByHand(async fixture =>
    {
        await fixture.Devices[0].DisposeAsync();
        IDmaDevice device = await fixture.Subsystem.OpenAsync(fixture.Engines[0]);
        IDmaAddressSpace space = device.CreateAddressSpace();
        IoAsidHandle<string> id = fixture.Subsystem.Pasids.CreateSet<string>("channels").Allocate("tx");
        _ = await fixture.Subsystem.AttachPasidAsync(device, space, id);
        Task freed = id.FreeAsync();

        await fixture.Subsystem.DisposeAsync();

        await freed;
    });

    [Fact]
    public void An_address_space_that_is_being_disposed_is_not_attached() => Run(async (_, device) =>
    {
        IDmaAddressSpace space = device.CreateAddressSpace();
        await device.AttachAsync(space, Nine);
        Task end = space.DisposeAsync().AsTask();
        Assert.False(end.IsCompleted);

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await device.AttachAsync(space, new Pasid(10)));

        await end;
    });

    [Fact]
    public void Wrong_PASIDs_address_spaces_and_ids_are_refused() => Run(async (fixture, device) =>
    {
        IDmaAddressSpace space = device.CreateAddressSpace();
        await using IDmaAttachment attachment = await device.AttachAsync(space, Nine);
        await using IDmaDevice other = await OpenSecondAsync(fixture);
        IoAsidHandle<string> foreign = new IoAsidSpace().CreateSet<string>("foreign").Allocate("tx");
        IoAsidHandle<string> own = fixture.Subsystem.Pasids.CreateSet<string>("channels").Allocate("tx");

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await device.AttachAsync(space, default));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await device.AttachAsync(space, Nine));
        await Assert.ThrowsAsync<ArgumentException>(async () => await other.AttachAsync(space, new Pasid(3)));
        await Assert.ThrowsAsync<ArgumentException>(async () => _ = await fixture.Subsystem.AttachPasidAsync(device, space, foreign));
        await Assert.ThrowsAsync<ArgumentException>(async () => _ = await fixture.Subsystem.AttachPasidAsync(other, space, own));
        Assert.Equal(IoAsidFreeResult.Reclaimed, Free(own));
        Assert.Equal(Pasid.Maximum, device.MaximumPasid);
    }, new FixtureOptions { Devices = 2 });

    [Fact]
    public void A_subsystem_refuses_the_device_of_another() => IommuFixture.RunByHand(async fixture =>
    {
        await fixture.Devices[0].DisposeAsync();
        IDmaDevice device = await fixture.Subsystem.OpenAsync(fixture.Engines[0]);
        IDmaAddressSpace space = device.CreateAddressSpace();
        await fixture.Subsystem.DisposeAsync();
        await fixture.RestartAsync();
        IoAsidHandle<string> id = fixture.Subsystem.Pasids.CreateSet<string>("channels").Allocate("tx");

        await Assert.ThrowsAsync<ArgumentException>(async () => _ = await fixture.Subsystem.AttachPasidAsync(device, space, id));

        Assert.Equal(IoAsidFreeResult.Reclaimed, Free(id));
    });

    [Fact]
    public void A_PASID_that_the_device_cannot_send_is_refused() => Run(
        async (fixture, device) =>
        {
            IDmaAddressSpace space = device.CreateAddressSpace();
            IoAsidSet<string> set = fixture.Subsystem.Pasids.CreateSet<string>("channels");
            Assert.True(set.TryAllocate("tx", 0x100, 0x100, out IoAsidHandle<string> id, out _));

            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await device.AttachAsync(space, new Pasid(0x100)));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => _ = await fixture.Subsystem.AttachPasidAsync(device, space, id));

            Assert.Equal(new Pasid(0xFF), device.MaximumPasid);
            Assert.Equal(IoAsidFreeResult.Reclaimed, Free(id));
        },
        new FixtureOptions { Engine = new DmaEngineOptions { PasidWidth = 8 } });

    [Fact]
    public void A_device_without_PASIDs_has_no_further_address_space() => IommuFixture.RunByHand(
        async fixture =>
        {
            EmulatedDmaEngine engine = fixture.Machine.AddFunction(
                0, new RequesterId(0, 9, 0), context => new EmulatedDmaEngine(context, new DmaEngineOptions { PasidWidth = 0, PageRequestCapacity = 0 }));
            await using IDmaDevice device = await fixture.Subsystem.OpenAsync(engine);

            Assert.Equal(default, device.MaximumPasid);
            Assert.Throws<NotSupportedException>(() => device.CreateAddressSpace());
            await Assert.ThrowsAsync<ArgumentNullException>(async () => await device.AttachAsync(null!, Nine));
        },
        new FixtureOptions { Devices = 0 });

    [Fact]
    public void An_attachment_without_memory_changes_nothing() => Run(async (fixture, device) =>
    {
        IDmaAddressSpace space = device.CreateAddressSpace();
        IoAsidSet<string> set = fixture.Subsystem.Pasids.CreateSet<string>("channels");
        Assert.True(set.TryAllocate("tx", 0x300, 0x300, out IoAsidHandle<string> id, out _)); // The id has a separate PASID table.
        long inUse = fixture.Subsystem.Frames.InUse;
        fixture.Subsystem.Frames.Limit = inUse;

        await Assert.ThrowsAsync<DmaMemoryException>(async () => _ = await fixture.Subsystem.AttachPasidAsync(device, space, id));
        await Assert.ThrowsAsync<DmaMemoryException>(async () => await device.AttachAsync(space, new Pasid(0x300)));
        Assert.Throws<DmaMemoryException>(() => device.CreateAddressSpace());

        Assert.Equal(inUse, fixture.Subsystem.Frames.InUse);
        Assert.Equal(IoAsidFreeResult.Reclaimed, Free(id));
        fixture.Subsystem.Frames.Limit = long.MaxValue;
        await using IDmaAttachment attachment = await device.AttachAsync(space, Nine);
    });

    [Fact]
    public void An_id_of_a_unit_that_does_not_work_is_not_used_again() => IommuFixture.RunByHand(async fixture =>
    {
        await fixture.Devices[0].DisposeAsync();
        IDmaDevice device = await fixture.Subsystem.OpenAsync(fixture.Engines[0]);
        IDmaAddressSpace space = device.CreateAddressSpace();
        long before = fixture.Subsystem.Frames.InUse;
        _ = await space.AllocateAsync(16 * AddressRange.PageSize);
        IoAsidHandle<string> id = fixture.Subsystem.Pasids.CreateSet<string>("channels").Allocate("tx");
        IDmaAttachment attachment = await fixture.Subsystem.AttachPasidAsync(device, space, id);
        fixture.StopQueue();

        await Assert.ThrowsAsync<IommuException>(async () => await attachment.DisposeAsync());
        await device.DisposeAsync();

        Assert.Equal(IoAsidFreeResult.Pending, Free(id));
        Assert.True(fixture.Subsystem.Frames.InUse >= before + 16);
    });

    [Fact]
    public void An_attachment_whose_invalidation_fails_ends_with_the_device() => IommuFixture.RunByHand(
        async fixture =>
        {
            await fixture.Devices[0].DisposeAsync();
            IDmaDevice device = await fixture.Subsystem.OpenAsync(fixture.Engines[0]);
            IDmaAddressSpace space = device.CreateAddressSpace();
            IoAsidHandle<string> id = fixture.Subsystem.Pasids.CreateSet<string>("channels").Allocate("tx");
            fixture.StopQueue();

            await Assert.ThrowsAsync<IommuException>(async () => _ = await fixture.Subsystem.AttachPasidAsync(device, space, id));

            Assert.Equal(IoAsidFreeResult.Pending, Free(id));
            await device.DisposeAsync();
        },
        new FixtureOptions { CachingMode = true });

    [Fact]
    public void An_attachment_whose_wait_is_cancelled_is_disposed() => Run(
        async (fixture, device) =>
        {
            IDmaAddressSpace space = device.CreateAddressSpace();
            IoAsidHandle<string> id = fixture.Subsystem.Pasids.CreateSet<string>("channels").Allocate("tx");
            using CancellationTokenSource source = new();
            Task<IDmaAttachment> call = fixture.Subsystem.AttachPasidAsync(device, space, id, source.Token).AsTask();
            Assert.False(call.IsCompleted);

#pragma warning disable CA1849, MA0042, S6966 // CancelAsync needs the thread pool, and a machine has no threads.
            source.Cancel();
#pragma warning restore CA1849, MA0042, S6966

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
            await fixture.Machine.Scheduler.Delay(Time);
            Assert.Equal(IoAsidFreeResult.Reclaimed, Free(id));
        },
        new FixtureOptions { CachingMode = true });

    private static void Run(Func<IommuFixture, IDmaDevice, Task> test, FixtureOptions? options = null) => IommuFixture.Run(Seeds, async fixture =>
    {
        await fixture.Devices[0].DisposeAsync();
        long before = fixture.Subsystem.Frames.InUse;
        IDmaDevice device = await fixture.Subsystem.OpenAsync(fixture.Engines[0]);
        device.BusMasterEnabled = true;
        await test(fixture, device);
        await device.DisposeAsync();
        if (fixture.Devices.Count == 1)
            Assert.Equal(before, fixture.Subsystem.Frames.InUse);
    }, options);

    private static IoAsidFreeResult Free(IoAsidHandle<string> id) => id.Free();

    private static async Task<IDmaDevice> OpenSecondAsync(IommuFixture fixture)
    {
        await fixture.Devices[1].DisposeAsync();
        return await fixture.Subsystem.OpenAsync(fixture.Engines[1]);
    }

    // Without a completion record the device reaches only the tested memory.
    private static async Task FillAsync(IommuFixture fixture, IDmaDevice device, Pasid pasid, ulong address, ulong pattern)
    {
        device.Registers.Write64(DmaEngineRegisters.QueueConfiguration(Queue), default(DmaQueueConfiguration).Bits);
        device.Registers.Write64(DmaEngineRegisters.QueueConfiguration(Queue), new DmaQueueConfiguration { IsEnabled = true, PasidEnabled = true, Pasid = pasid }.Bits);
        byte[] command = new byte[DmaDescriptor.SizeInBytes];
        new DmaDescriptor { Operation = DmaOperation.Fill, Destination = address, Length = 64, Operand = pattern }.WriteBytes(command);
        fixture.Engines[0].Portals[Queue].Post(command);
        await fixture.Machine.Scheduler.Delay(Time);
    }

    private static ulong WordOf(IDmaMemory memory, long offset = 0)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        memory.Read(offset, bytes);
        return BitConverter.ToUInt64(bytes);
    }
}
