using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// Reuse of a number, a domain id or an address. The next owner reaches only its own memory, and the memory of the previous owner is unchanged.
/// </summary>
public sealed class ReuseTests
{
    private const int Seeds = 15;
    private const int Pages = 8;
    private const int Queue = 0;
    private const ulong Window = 0x40_0000;
    private const ulong Old = 0x0101_0202_0303_0404;
    private const ulong New = 0xF0F0_E0E0_D0D0_C0C0;

    private static async Task AssertEachHasItsOwnAsync(IommuFixture fixture, DmaDomain before, DmaDomain after, IAsyncDisposable attachment)
    {
        Assert.Equal((Old, New), (WordOf(fixture, before), WordOf(fixture, after)));
        await attachment.DisposeAsync();
        await FreeAsync(fixture, before);
        await FreeAsync(fixture, after);
        await fixture.AssertReclaimedAsync();
    }

    private static readonly AddressRange OnePage = new(Window, AddressRange.PageSize);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_process_with_a_reused_PASID_reaches_its_own_memory(bool isBusyUntilUnbound) => IommuFixture.Run(Seeds, async fixture =>
    {
        TestProcess before = fixture.CreateProcess("before");
        SvaBond old = await fixture.Subsystem.BindAsync(fixture.Devices[0], before.Memory);
        await UseAsync(fixture, before, old, Old);
        if (isBusyUntilUnbound)
            await SubmitAsync(fixture, before, old.Pasid);
        else
            await fixture.Drivers[0].StopAsync(old.Pasid);
        await old.DisposeAsync();
        // Work that was not stopped is refused, and ends.
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));

        TestProcess after = fixture.CreateProcess("after");
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], after.Memory);
        Assert.Equal((old.Pasid, before.Data), (bond.Pasid, after.Data));
        await UseAsync(fixture, after, bond, New);

        for (int page = 0; page < Pages; page++)
            Assert.Equal((Old, New), (await before.WordAsync(page), await after.WordAsync(page)));
        await fixture.UnbindAllAsync([bond]);
        await before.Memory.ExitAsync();
        await after.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void Reused_frames_of_a_process_are_not_written_by_its_device() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestProcess before = fixture.CreateProcess("before");
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], before.Memory);
        await UseAsync(fixture, before, bond, Old);
        for (int job = 0; job < 6; job++)
            await SubmitAsync(fixture, before, bond.Pasid);

        await before.Memory.ExitAsync();
        TestProcess after = fixture.CreateProcess("after");
        for (int page = 0; page < (int)TestProcess.Pages; page++)
            await after.Memory.WriteUInt64Async(after.PageAt(page), New);
        await fixture.Drivers[0].StopAsync(bond.Pasid, abort: true);

        for (int page = 0; page < (int)TestProcess.Pages; page++)
            Assert.Equal(New, await after.WordAsync(page));
        await bond.DisposeAsync();
        await after.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Specification("6.5.3.3/4")]
    public void A_domain_with_reused_ids_reaches_its_own_memory(bool withPasid) => IommuFixture.Run(Seeds, async fixture =>
    {
        DmaDomain before = await WindowAsync(fixture, "before");
        IAsyncDisposable old = await AttachAsync(fixture, before, withPasid);
        await FillAsync(fixture, withPasid, Old);
        await old.DisposeAsync();
        DmaDomain after = await WindowAsync(fixture, "after");
        IAsyncDisposable attachment = await AttachAsync(fixture, after, withPasid);
        await FillAsync(fixture, withPasid, New);

        await AssertEachHasItsOwnAsync(fixture, before, after, attachment);
    });

    [Fact]
    public void A_device_that_is_added_again_reaches_nothing_of_its_past() => IommuFixture.Run(Seeds, async fixture =>
    {
        DmaDomain before = await WindowAsync(fixture, "before");
        DomainAttachment old = await IommuSubsystem.AttachAsync(fixture.Devices[0], before);
        await FillAsync(fixture, withPasid: false, Old);
        await old.DisposeAsync();
        await fixture.Devices[0].DisposeAsync();
        await fixture.Engines[0].ResetAsync();
        DmaDomain after = await WindowAsync(fixture, "after");
        fixture.Devices[0] = await fixture.Subsystem.AddAsync(fixture.Engines[0]);
        fixture.Drivers[0] = new DmaEngineDriver(fixture.Devices[0]);
        fixture.OpenQueues(0);
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(fixture.Devices[0], after);
        await FillAsync(fixture, withPasid: false, New);

        await AssertEachHasItsOwnAsync(fixture, before, after, attachment);
    });

    [Fact]
    public void An_isolated_device_reaches_no_memory_of_its_attachments() => IommuFixture.Run(Seeds, async fixture =>
    {
        DmaDomain domain = await WindowAsync(fixture, "window");
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
        await FillAsync(fixture, withPasid: false, Old);
        TestProcess process = fixture.CreateProcess();
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        await UseAsync(fixture, process, bond, Old);
        fixture.Engines[0].Misbehaviour = DeviceMisbehaviour.IgnoresInvalidation;
        await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), AddressRange.PageSize));
        Assert.Equal(DeviceState.Isolated, fixture.Devices[0].State);

        await FillAsync(fixture, withPasid: false, New);

        Assert.Equal(Old, WordOf(fixture, domain));
        await bond.DisposeAsync();
        await attachment.DisposeAsync();
        await FreeAsync(fixture, domain);
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    private static async Task UseAsync(IommuFixture fixture, TestProcess process, SvaBond bond, ulong pattern) =>
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[0], bond, 0, Pages, pattern)).Status);

    /// <summary>Submits work on present pages, which takes some time.</summary>
    private static ValueTask SubmitAsync(IommuFixture fixture, TestProcess process, Pasid pasid) => fixture.Drivers[0].SubmitAsync(
        IommuFixture.SharedQueue, pasid, Fill(Old) with { Destination = process.PageAt(0), Length = Pages * AddressRange.PageSize });

    private static async ValueTask<IAsyncDisposable> AttachAsync(IommuFixture fixture, DmaDomain domain, bool withPasid)
    {
        if (!withPasid)
            return await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
        AuxiliaryDomain auxiliary = new(domain, fixture.Subsystem.AuxiliarySet);
        AuxiliaryAttachment attachment = await auxiliary.AttachAsync(fixture.Devices[0]);
        fixture.Drivers[0].OpenDedicated(Queue, attachment.Pasid);
        return attachment;
    }

    private static async Task FillAsync(IommuFixture fixture, bool withPasid, ulong pattern)
    {
        fixture.Drivers[0].Post(withPasid ? Queue : IommuFixture.PlainQueue, Fill(pattern));
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
    }

    private static DmaDescriptor Fill(ulong pattern) => new()
    {
        Operation = DmaOperation.Fill,
        Destination = Window,
        Length = AddressRange.PageSize,
        Operand = pattern,
    };

    private static async Task<DmaDomain> WindowAsync(IommuFixture fixture, string name)
    {
        DmaDomain domain = fixture.Subsystem.CreateDomain(name);
        await domain.MapAsync(OnePage, fixture.Subsystem.Frames.Allocate(), MemoryRights.ReadWrite);
        return domain;
    }

    private static ulong WordOf(IommuFixture fixture, DmaDomain domain)
    {
        Assert.True(domain.TryTranslate(Window, out ulong frame));
        return fixture.Machine.PhysicalMemory.ReadUInt64(frame);
    }

    private static async Task FreeAsync(IommuFixture fixture, DmaDomain domain)
    {
        Assert.True(domain.TryTranslate(Window, out ulong frame));
        await domain.UnmapAsync(OnePage);
        domain.Free();
        fixture.Subsystem.Frames.Free(frame);
    }
}
