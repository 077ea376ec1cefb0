using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// What was given up is forgotten by units and devices: whoever comes next under the same number, domain or address reaches its own memory, and the memory of
/// the one before stays as it is.
/// </summary>
public sealed class ReuseTests
{
    private const int Seeds = 15;
    private const int Pages = 8;
    private const int Queue = 0;
    private const ulong Window = 0x40_0000;
    private const ulong Old = 0x0101_0202_0303_0404;
    private const ulong New = 0xF0F0_E0E0_D0D0_C0C0;

    private static async Task AssertEachHasItsOwnAsync(IommuBench bench, DmaDomain before, DmaDomain after, IAsyncDisposable attachment)
    {
        Assert.Equal((Old, New), (WordOf(bench, before), WordOf(bench, after)));
        await attachment.DisposeAsync();
        await FreeAsync(bench, before);
        await FreeAsync(bench, after);
        await bench.AssertReclaimedAsync();
    }

    private static readonly AddressRange OnePage = new(Window, AddressRange.PageSize);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_process_that_gets_the_PASID_of_another_reaches_its_own_memory(bool isBusyUntilUnbound) => IommuBench.Run(Seeds, async bench =>
    {
        TestProcess before = bench.CreateProcess("before");
        SvaBond old = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], before.Memory);
        await UseAsync(bench, before, old, Old);
        if (isBusyUntilUnbound)
            await SubmitAsync(bench, before, old.Pasid);
        else
            await bench.Drivers[0].StopAsync(old.Pasid);
        await old.DisposeAsync();
        // What was not stopped is refused, and ends.
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));

        TestProcess after = bench.CreateProcess("after");
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], after.Memory);
        Assert.Equal((old.Pasid, before.Data), (bond.Pasid, after.Data));
        await UseAsync(bench, after, bond, New);

        for (int page = 0; page < Pages; page++)
            Assert.Equal((Old, New), (await before.WordAsync(page), await after.WordAsync(page)));
        await bench.UnbindAllAsync([bond]);
        await before.Memory.ExitAsync();
        await after.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void Frames_of_a_process_that_exits_while_its_device_writes_are_written_by_nobody_else() => IommuBench.Run(Seeds, async bench =>
    {
        TestProcess before = bench.CreateProcess("before");
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], before.Memory);
        await UseAsync(bench, before, bond, Old);
        for (int job = 0; job < 6; job++)
            await SubmitAsync(bench, before, bond.Pasid);

        await before.Memory.ExitAsync();
        TestProcess after = bench.CreateProcess("after");
        for (int page = 0; page < (int)TestProcess.Pages; page++)
            await after.Memory.WriteUInt64Async(after.PageAt(page), New);
        await bench.Drivers[0].StopAsync(bond.Pasid, abort: true);

        for (int page = 0; page < (int)TestProcess.Pages; page++)
            Assert.Equal(New, await after.WordAsync(page));
        await bond.DisposeAsync();
        await after.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Specification("6.5.3.3/4")]
    public void A_domain_that_gets_the_ids_of_another_reaches_its_own_memory(bool withPasid) => IommuBench.Run(Seeds, async bench =>
    {
        DmaDomain before = await WindowAsync(bench, "before");
        IAsyncDisposable old = await AttachAsync(bench, before, withPasid);
        await FillAsync(bench, withPasid, Old);
        await old.DisposeAsync();
        DmaDomain after = await WindowAsync(bench, "after");
        IAsyncDisposable attachment = await AttachAsync(bench, after, withPasid);
        await FillAsync(bench, withPasid, New);

        await AssertEachHasItsOwnAsync(bench, before, after, attachment);
    });

    [Fact]
    public void A_device_that_was_removed_reaches_nothing_and_starts_afresh_when_it_is_added_again() => IommuBench.Run(Seeds, async bench =>
    {
        DmaDomain before = await WindowAsync(bench, "before");
        DomainAttachment old = await IommuSubsystem.AttachAsync(bench.Devices[0], before);
        await FillAsync(bench, withPasid: false, Old);
        await old.DisposeAsync();
        await bench.Devices[0].DisposeAsync();
        await bench.Engines[0].ResetAsync();
        DmaDomain after = await WindowAsync(bench, "after");
        bench.Devices[0] = await bench.Subsystem.AddAsync(bench.Engines[0]);
        bench.Drivers[0] = new DmaEngineDriver(bench.Devices[0]);
        bench.OpenQueues(0);
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(bench.Devices[0], after);
        await FillAsync(bench, withPasid: false, New);

        await AssertEachHasItsOwnAsync(bench, before, after, attachment);
    });

    [Fact]
    public void A_device_that_is_cut_off_reaches_nothing_of_what_is_still_attached() => IommuBench.Run(Seeds, async bench =>
    {
        DmaDomain domain = await WindowAsync(bench, "window");
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(bench.Devices[0], domain);
        await FillAsync(bench, withPasid: false, Old);
        TestProcess process = bench.CreateProcess();
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        await UseAsync(bench, process, bond, Old);
        bench.Engines[0].Misbehaviour = DeviceMisbehaviour.IgnoresInvalidation;
        await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), AddressRange.PageSize));
        Assert.Equal(DeviceState.Isolated, bench.Devices[0].State);

        await FillAsync(bench, withPasid: false, New);

        Assert.Equal(Old, WordOf(bench, domain));
        await bond.DisposeAsync();
        await attachment.DisposeAsync();
        await FreeAsync(bench, domain);
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    private static async Task UseAsync(IommuBench bench, TestProcess process, SvaBond bond, ulong pattern) =>
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[0], bond, 0, Pages, pattern)).Status);

    /// <summary>Work on pages that are there, which goes on for a while.</summary>
    private static ValueTask SubmitAsync(IommuBench bench, TestProcess process, Pasid pasid) => bench.Drivers[0].SubmitAsync(
        IommuBench.SharedQueue, pasid, Fill(Old) with { Destination = process.PageAt(0), Length = Pages * AddressRange.PageSize });

    private static async ValueTask<IAsyncDisposable> AttachAsync(IommuBench bench, DmaDomain domain, bool withPasid)
    {
        if (!withPasid)
            return await IommuSubsystem.AttachAsync(bench.Devices[0], domain);
        AuxiliaryDomain auxiliary = new(domain, bench.Subsystem.AuxiliarySet);
        AuxiliaryAttachment attachment = await auxiliary.AttachAsync(bench.Devices[0]);
        bench.Drivers[0].OpenDedicated(Queue, attachment.Pasid);
        return attachment;
    }

    private static async Task FillAsync(IommuBench bench, bool withPasid, ulong pattern)
    {
        bench.Drivers[0].Post(withPasid ? Queue : IommuBench.PlainQueue, Fill(pattern));
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
    }

    private static DmaDescriptor Fill(ulong pattern) => new()
    {
        Operation = DmaOperation.Fill,
        Destination = Window,
        Length = AddressRange.PageSize,
        Operand = pattern,
    };

    private static async Task<DmaDomain> WindowAsync(IommuBench bench, string name)
    {
        DmaDomain domain = bench.Subsystem.CreateDomain(name);
        await domain.MapAsync(OnePage, bench.Subsystem.Frames.Allocate(), MemoryRights.ReadWrite);
        return domain;
    }

    private static ulong WordOf(IommuBench bench, DmaDomain domain)
    {
        Assert.True(domain.TryTranslate(Window, out ulong frame));
        return bench.Machine.PhysicalMemory.ReadUInt64(frame);
    }

    private static async Task FreeAsync(IommuBench bench, DmaDomain domain)
    {
        Assert.True(domain.TryTranslate(Window, out ulong frame));
        await domain.UnmapAsync(OnePage);
        domain.Free();
        bench.Subsystem.Frames.Free(frame);
    }
}
