using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>The guarantees of the driver, on QEMU's unit.</summary>
[Trait("needs", "QEMU")]
public sealed class ScenarioTests
{
    private const ulong Page = AddressRange.PageSize;
    private const ulong Large = 2UL << 20;
    private const ulong Huge = 1UL << 30;
    private const ulong Window = 0x40_0000;

    /// <summary>The options of QEMU's intel-iommu, with each kind of tables, each width, and options that change the driver's invalidations.</summary>
    public static TheoryData<string> Units =>
    [
        "scalable-mode=on,aw-bits=39",
        "scalable-mode=on,aw-bits=48",
        "scalable-mode=on,aw-bits=48,caching-mode=on",
        "scalable-mode=on,aw-bits=48,snoop-control=on,device-iotlb=on",
        "scalable-mode=on,aw-bits=48,fsts=on",
        "scalable-mode=on,aw-bits=48,fsts=on,fs1gp=on,svm=on,device-iotlb=on,pasid-bits=20",
    ];

    [Theory]
    [MemberData(nameof(Units))]
    public void Pages_of_each_size_are_reached_until_they_are_unmapped(string unit) => Run(unit, async lab =>
    {
        DmaDomain domain = lab.CreateDomain("dma");
        await using DomainAttachment attachment = await IommuSubsystem.AttachAsync(lab.Devices[0], domain);
        // The second frame belongs to the neighbour of the unmapped page.
        ulong frame = lab.Subsystem.Frames.AllocateContiguous(2);
        foreach ((ulong address, ulong length, ulong physical) in ((ulong, ulong, ulong)[])[(Window, Page, frame), (16 * Large, Large, frame & ~(Large - 1)), (4 * Huge, Huge, 0)])
        {
            ulong at = address + (frame - physical);
            await domain.MapAsync(new AddressRange(address, length), physical, MemoryRights.ReadWrite);
            Assert.True(await lab.ReachesAsync(0, at, frame));
            await lab.RefusedAsync(0, address + length, frame);

            // One page of a large page is unmapped, and its neighbour stays mapped.
            await domain.UnmapAsync(new AddressRange(at, Page));
            await lab.RefusedAsync(0, at, frame);
            if (length > Page)
                Assert.True(await lab.ReachesAsync(0, at + Page, frame + Page));
            await domain.UnmapAsync(new AddressRange(address, length));
            await lab.RefusedAsync(0, at + (length > Page ? Page : 0), frame);
        }

        await attachment.DisposeAsync();
        domain.Free();
        lab.Subsystem.Frames.Free(frame, 2);
    });

    [Theory]
    [MemberData(nameof(Units))]
    public void A_domain_is_reached_by_the_devices_that_are_attached(string unit) => Run(unit, async lab =>
    {
        DmaDomain first = lab.CreateDomain("first");
        DmaDomain second = lab.CreateDomain("second");
        (ulong one, ulong two) = (lab.Subsystem.Frames.Allocate(), lab.Subsystem.Frames.Allocate());
        await first.MapAsync(new AddressRange(Window, Page), one, MemoryRights.ReadWrite);
        await second.MapAsync(new AddressRange(Window, Page), two, MemoryRights.ReadWrite);
        await lab.RefusedAsync(0, Window, one);

        DomainAttachment attachment = await IommuSubsystem.AttachAsync(lab.Devices[0], first);
        DomainAttachment other = await IommuSubsystem.AttachAsync(lab.Devices[1], first);
        Assert.True(await lab.ReachesAsync(0, Window, one));
        Assert.True(await lab.ReachesAsync(1, Window, one));
        await other.DisposeAsync();
        await lab.RefusedAsync(1, Window, one);
        Assert.True(await lab.ReachesAsync(0, Window, one));

        await attachment.DisposeAsync();
        attachment = await IommuSubsystem.AttachAsync(lab.Devices[0], second);
        Assert.True(await lab.ReachesAsync(0, Window, two));
        Assert.False(await lab.ReachesAsync(0, Window, one));
        await attachment.DisposeAsync();
        await lab.RefusedAsync(0, Window, two);
        first.Free();
        second.Free();
        lab.Subsystem.Frames.Free(one);
        lab.Subsystem.Frames.Free(two);
    });

    [Theory]
    [MemberData(nameof(Units))]
    public void A_write_needs_the_right_to_write(string unit) => Run(unit, async lab =>
    {
        DmaDomain domain = lab.CreateDomain("dma");
        ulong frame = lab.Subsystem.Frames.Allocate();
        await domain.MapAsync(new AddressRange(Window, Page), frame, MemoryRights.Read);
        await using DomainAttachment attachment = await IommuSubsystem.AttachAsync(lab.Devices[0], domain);
        DmaFault fault = await lab.RefusedAsync(0, Window + 0x40, frame + 0x40);
        Assert.Equal(Window, fault.Address);
        await attachment.DisposeAsync();
        domain.Free();
        lab.Subsystem.Frames.Free(frame);
    });

    [Theory]
    [InlineData("scalable-mode=on,aw-bits=48")]
    public void Pass_through_reaches_all_memory(string unit) => Run(unit, async lab =>
    {
        DmaDomain domain = lab.CreateDomain("all", DomainKind.PassThrough);
        ulong frame = lab.Subsystem.Frames.Allocate();
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(lab.Devices[0], domain);
        Assert.True(await lab.ReachesAsync(0, frame, frame));
        await attachment.DisposeAsync();

        // QEMU ends pass-through at the invalidation of the context entry, not at that of the PASID entry (see differences.json).
        await lab.Devices[0].DisposeAsync();
        await lab.RefusedAsync(0, frame, frame);
        domain.Free();
        lab.Subsystem.Frames.Free(frame);
    });

    /// <summary>The driver has no tables of legacy mode. <see cref="TableBitTests"/> compare that mode of the two units.</summary>
    [Fact]
    public void A_unit_without_scalable_mode_is_refused_and_stays_off()
    {
        using QemuMachine machine = new("scalable-mode=off,aw-bits=48");

        IommuException refusal = Assert.Throws<IommuException>(() => machine.Run(() => IommuSubsystem.StartAsync(machine).AsTask()));

        Assert.Equal(IommuError.NotSupported, refusal.Error);
        Assert.Contains("ECAP.SMTS", refusal.Message, StringComparison.Ordinal);
        Assert.Equal((0u, 0UL), (machine.Registers.Read32(RegisterOffsets.GlobalStatus), machine.Registers.Read64(RegisterOffsets.RootTableAddress)));
    }

    [Theory]
    [MemberData(nameof(Units))]
    public void A_device_that_is_disposed_or_pulled_out_reaches_nothing(string unit)
    {
        using QemuMachine machine = new(unit);
        machine.Run(async () =>
        {
            Lab lab = await Lab.StartAsync(machine);
            (DmaDomain domain, ulong frame) = await AttachBothAsync(lab);
            Assert.True(await lab.ReachesAsync(0, Window, frame) && await lab.ReachesAsync(1, Window, frame));

            machine.RemoveFunction(lab.Probes[1].Function);
            await lab.SettleAsync();
            Assert.Equal(DeviceState.Removed, lab.Devices[1].State);
            await lab.RefusedAsync(1, Window, frame);
            Assert.True(await lab.ReachesAsync(0, Window, frame));

            await lab.Devices[0].DisposeAsync();
            await lab.RefusedAsync(0, Window, frame);
            await EndAsync(lab, domain, frame);
        });
    }

    [Theory]
    [InlineData("scalable-mode=on,aw-bits=48")]
    [InlineData("scalable-mode=on,aw-bits=48,fsts=on")]
    public void A_device_is_torn_down_when_it_is_unplugged(string unit)
    {
        using QemuMachine machine = new(unit, probes: 1, hasSlot: true);
        machine.Run(async () =>
        {
            Lab lab = await Lab.StartAsync(machine);
            (DmaDomain domain, ulong frame) = await AttachBothAsync(lab);
            Assert.True(await lab.ReachesAsync(1, Window, frame));

            machine.Slot!.RequestUnplug();
            await lab.SettleAsync();
            Assert.Equal(DeviceState.Removed, lab.Devices[1].State);
            // The device is still in its slot, and cannot reach memory.
            await lab.RefusedAsync(1, Window, frame);
            machine.Slot.EjectDevice();
            await lab.SettleAsync();

            Assert.Equal(uint.MaxValue, machine.Slot.Function.Identity);
            Assert.False(await lab.ReachesAsync(1, Window, frame));
            Assert.True(await lab.ReachesAsync(0, Window, frame));
            await EndAsync(lab, domain, frame);
        });
    }

    [Theory]
    [MemberData(nameof(Units))]
    public void A_unit_that_was_left_running_is_taken_over_and_switched_off(string unit)
    {
        using QemuMachine machine = new(unit);
        machine.Run(async () =>
        {
            Lab past = await Lab.StartAsync(machine);
            DmaDomain old = past.CreateDomain("past");
            ulong frame = past.Subsystem.Frames.Allocate();
            await old.MapAsync(new AddressRange(Window, Page), frame, MemoryRights.ReadWrite);
            await IommuSubsystem.AttachAsync(past.Devices[0], old);
            Assert.True(await past.ReachesAsync(0, Window, frame));
            // A descriptor of an invalid type stops the queue, and the error remains.
            ulong ring = new InvalidationQueueAddressRegister(machine.Registers.Read64(RegisterOffsets.InvalidationQueueAddress)).Queue;
            ulong tail = machine.Registers.Read64(RegisterOffsets.InvalidationQueueTail);
            machine.Registers.Write32(RegisterOffsets.FaultEventControl, 1u << 31);
            machine.Memory.WriteUInt64(ring + tail, 0xF);
            machine.Registers.Write64(RegisterOffsets.InvalidationQueueTail, tail + 32);
            Assert.True(new FaultStatusRegister(new Bits64(machine.Registers.Read32(RegisterOffsets.FaultStatus))).InvalidationQueueError);

            Lab present = await Lab.StartAsync(machine);
            await present.RefusedAsync(0, Window, frame);
            DmaDomain domain = present.CreateDomain("present");
            ulong mine = present.Subsystem.Frames.Allocate();
            await domain.MapAsync(new AddressRange(2 * Window, Page), mine, MemoryRights.ReadWrite);
            await IommuSubsystem.AttachAsync(present.Devices[0], domain);
            Assert.True(await present.ReachesAsync(0, 2 * Window, mine));
            await present.Subsystem.DisposeAsync();
            GlobalStatusRegister status = new(new Bits64(machine.Registers.Read32(RegisterOffsets.GlobalStatus)));
            Assert.False(status.TranslationEnable || status.QueuedInvalidationEnable);
        });
    }

    [Theory]
    [MemberData(nameof(Units))]
    public void A_DMA_engine_copies_through_two_pages(string unit)
    {
        using QemuMachine machine = new(unit);
        machine.Run(async () =>
        {
            Lab lab = await Lab.StartAsync(machine);
            machine.Edu.Function.BusMasterEnabled = true;
            IommuDevice edu = await lab.Subsystem.AddAsync(machine.Edu.Function);
            DmaDomain domain = lab.CreateDomain("buffers");
            (ulong source, ulong target) = (lab.Subsystem.Frames.Allocate(), lab.Subsystem.Frames.Allocate());
            await domain.MapAsync(new AddressRange(Window, Page), source, MemoryRights.Read);
            await domain.MapAsync(new AddressRange(2 * Window, Page), target, MemoryRights.ReadWrite);
            await IommuSubsystem.AttachAsync(edu, domain);
            byte[] data = [.. Enumerable.Range(0, 256).Select(number => (byte)(number * 7 + 1))];
            machine.Memory.Write(source + 0x100, data);

            await machine.Edu.ReadAsync(Window + 0x100, data.Length);
            await machine.Edu.WriteAsync(2 * Window + 0x200, data.Length);

            byte[] found = new byte[data.Length];
            machine.Memory.Read(target + 0x200, found);
            Assert.Equal(data, found);
            Assert.Empty(lab.Faults);
            await lab.Subsystem.DisposeAsync();
        });
    }

    /// <summary>Maps one frame for two devices.</summary>
    private static async Task<(DmaDomain Domain, ulong Frame)> AttachBothAsync(Lab lab)
    {
        DmaDomain domain = lab.CreateDomain("dma");
        ulong frame = lab.Subsystem.Frames.Allocate();
        await domain.MapAsync(new AddressRange(Window, Page), frame, MemoryRights.ReadWrite);
        await IommuSubsystem.AttachAsync(lab.Devices[0], domain);
        await IommuSubsystem.AttachAsync(lab.Devices[1], domain);
        return (domain, frame);
    }

    private static async Task EndAsync(Lab lab, DmaDomain domain, ulong frame)
    {
        await lab.Subsystem.DisposeAsync();
        domain.Free();
        lab.Subsystem.Frames.Free(frame);
        Assert.Equal(0, lab.Subsystem.Frames.InUse);
    }

    private static void Run(string unit, Func<Lab, Task> test)
    {
        using QemuMachine machine = new(unit);
        machine.Run(async () =>
        {
            Lab lab = await Lab.StartAsync(machine);
            List<IommuErrorEventArgs> failures = [];
            lab.Subsystem.TearDownFailed += (_, failed) => failures.Add(failed);
            await test(lab);
            await lab.Subsystem.DisposeAsync();
            Assert.Empty(failures);
            Assert.Equal(0, lab.Subsystem.Frames.InUse);
            Assert.Equal(0, lab.Subsystem.Units[0].Statistics.InvalidationQueueErrors);
        });
    }
}
