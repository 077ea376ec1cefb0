using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The operations of the driver, as listeners of its activity source see them.</summary>
public sealed class DriverOperationTests
{
    private static readonly AddressRange Window = new(0x10_0000, AddressRange.PageSize);

    [Fact]
    public void Operations_of_a_bound_process_contain_their_invalidations_and_drains() => AssertOperations(
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            SvaBond bond = Assert.Single(await fixture.BindAllAsync(process));
            await process.FillAsync(fixture.Drivers[0], bond, page: 0, pages: 2, pattern: 1);
            await process.Memory.ProtectAsync(new AddressRange(process.PageAt(0), AddressRange.PageSize), MemoryRights.Read);
            await process.Memory.UnmapAsync(new AddressRange(process.PageAt(1), AddressRange.PageSize));
            await fixture.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
        },
        "bind device=00:02.0 address_space=process + pasid=1",
        "protect address_space=process range=0x100000000-0x100000FFF",
        "  invalidate pasid=1",
        "unmap address_space=process range=0x100001000-0x100001FFF",
        "  invalidate pasid=1",
        "unbind device=00:02.0 address_space=process pasid=1",
        "  revoke device=00:02.0 pasid=1",
        "  drain device=00:02.0 pasid=1",
        "exit address_space=process");

    [Fact]
    public void Exit_of_a_bound_process_revokes_and_the_unbind_drains() => AssertOperations(
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            List<SvaBond> bonds = await fixture.BindAllAsync(process);
            await process.Memory.ExitAsync();
            await fixture.UnbindAllAsync(bonds);
        },
        "bind device=00:02.0 address_space=process + pasid=1",
        "exit address_space=process",
        "  revoke device=00:02.0 pasid=1",
        "unbind device=00:02.0 address_space=process pasid=1",
        "  drain device=00:02.0 pasid=1");

    [Fact]
    public void Operations_of_a_guest_name_the_guest_and_the_PASID_of_the_host() => AssertOperations(
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture);
            GuestProcess process = await guest.CreateBoundProcessAsync();
            Assert.True(await process.UnbindAsync());
            process.Free();
            await guest.TerminateAsync();
        },
        "map address_space=vm range=0x100000-0x17FFFF",
        "bind device=00:02.0 address_space=vm pasid=1",
        "unbind device=00:02.0 address_space=vm pasid=1",
        "  revoke device=00:02.0 pasid=1",
        "  drain device=00:02.0 pasid=1");

    [Fact]
    public void Auxiliary_domain_is_attached_with_its_PASID() => AssertOperations(
        async fixture =>
        {
            AuxiliaryDomain domain = fixture.Subsystem.CreateAuxiliaryDomain("aux");
            AuxiliaryAttachment attachment = await domain.AttachAsync(fixture.Devices[0]);
            AuxiliaryAttachment again = await domain.AttachAsync(fixture.Devices[0]);
            await domain.Domain.MapAsync(Window, 0x1000, MemoryRights.ReadWrite);
            await domain.Domain.UnmapAsync(Window);
            await attachment.DisposeAsync();
            await again.DisposeAsync();
        },
        "attach device=00:02.0 address_space=aux + pasid=1",
        "attach device=00:02.0 address_space=aux + pasid=1",
        "map address_space=aux range=0x100000-0x100FFF",
        "unmap address_space=aux range=0x100000-0x100FFF",
        "  invalidate address_space=aux range=0x100000-0x100FFF",
        "detach device=00:02.0 address_space=aux pasid=1",
        "detach device=00:02.0 address_space=aux pasid=1",
        "  revoke device=00:02.0 pasid=1",
        "  drain device=00:02.0 pasid=1");

    [Fact]
    public void Domain_without_a_PASID_has_PASID_0() => AssertOperations(
        async fixture =>
        {
            DmaDomain domain = fixture.Subsystem.CreateDomain("memory");
            DomainAttachment attachment = await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
            await attachment.DisposeAsync();
        },
        "attach device=00:02.0 address_space=memory pasid=0",
        "detach device=00:02.0 address_space=memory pasid=0",
        "  revoke device=00:02.0 pasid=0");

    [Fact]
    public void Address_space_of_an_opened_device_is_attached_to_a_PASID() => AssertOperations(
        async fixture =>
        {
            await fixture.Devices[0].DisposeAsync();
            IDmaDevice device = await fixture.Subsystem.OpenAsync(fixture.Engines[0]);
            IDmaAttachment attachment = await device.AttachAsync(device.CreateAddressSpace(), new Pasid(9));
            await attachment.DisposeAsync();
        },
        "attach device=00:02.0 address_space=memory of 00:02.0 pasid=0",
        "attach device=00:02.0 address_space=memory of 00:02.0 pasid=9",
        "detach device=00:02.0 address_space=memory of 00:02.0 pasid=9",
        "  revoke device=00:02.0 pasid=9",
        "  drain device=00:02.0 pasid=9");

    [Fact]
    public void Reset_of_a_device_is_an_operation() => AssertOperations(fixture => fixture.Devices[0].ResetAsync().AsTask(), "reset device=00:02.0");

    [Fact]
    public void Operation_that_throws_has_failed() => AssertOperations(
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            await process.Memory.ExitAsync();
            await Assert.ThrowsAsync<IommuException>(() => fixture.Subsystem.Sva.BindAsync(fixture.Devices[0], process.Memory).AsTask());
        },
        "exit address_space=process",
        "bind device=00:02.0 address_space=process failed");

    [Fact]
    public void Operation_without_a_listener_allocates_nothing() => IommuFixture.Run(1, fixture =>
    {
        const int Starts = 100;
        IommuDevice device = fixture.Devices[0];
        Pasid pasid = new(1);
        Assert.Null(DriverOperation.Start("drain", device, pasid, "process", Window));

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int start = 0; start < Starts; start++)
            DriverOperation.Start("drain", device, pasid, "process", Window)?.Dispose();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        return Task.CompletedTask;
    });

    private static void AssertOperations(Func<IommuFixture, Task> run, params string[] expected) => IommuFixture.Run(2, async fixture =>
    {
        using RecordedOperations recorded = new();
        await run(fixture);
        Assert.Equal(expected, recorded.Lines);
    });
}
