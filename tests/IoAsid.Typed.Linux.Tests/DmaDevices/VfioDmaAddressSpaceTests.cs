using IoAsid.Typed.Hardware;
using IoAsid.Typed.Linux.Tests.Fakes;

namespace IoAsid.Typed.Linux.Tests.DmaDevices;

/// <summary>Address spaces for the PASIDs of a device file, by numbers and by ids of a set.</summary>
public sealed class VfioDmaAddressSpaceTests : IDisposable
{
    private static readonly Pasid Nine = new(9);

    private readonly KernelFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_number_is_attached_to_a_table_of_its_own_until_the_disposal()
    {
        (IDmaDevice device, FakeDevice fake) = Open();
        IDmaAddressSpace space = device.CreateAddressSpace();
        await using IDmaMemory memory = await space.AllocateAsync(4096, Cancellation);
        IDmaAttachment attachment = await device.AttachAsync(space, Nine, Cancellation);

        Assert.Equal((space, Nine), (attachment.AddressSpace, attachment.Pasid));
        Assert.Equal([default, Nine], fake.Attached.Keys.Order());
        Assert.NotEqual(fake.Attached[default], fake.Attached[Nine]);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await device.AttachAsync(space, Nine, Cancellation));

        await attachment.DisposeAsync();
        await attachment.DisposeAsync();

        Assert.Equal([default], fake.Attached.Keys);
        await CloseAsync(device);
    }

    [Fact]
    public async Task An_id_is_pending_until_the_kernel_has_detached_it()
    {
        (IDmaDevice device, FakeDevice fake) = Open();
        IoAsidSet<string> set = SpaceOf(device).CreateSet<string>("channels");
        IoAsidHandle<string> id = set.Allocate("tx");
        IDmaAddressSpace space = device.CreateAddressSpace();
        IDmaAttachment attachment = _fixture.Iommufd.AttachPasid(device, space, id);

        IoAsidFreeResult freed = Free(id);
        IoAsidHandle<string> next = set.Allocate("next");
        await attachment.DisposeAsync();

        Assert.Equal(IoAsidFreeResult.Pending, freed);
        Assert.NotEqual(id.Id, next.Id);
        Assert.Equal(id.Id, set.Allocate("third").Id);
        Assert.Throws<StaleIoAsidException>(() => _ = _fixture.Iommufd.AttachPasid(device, space, id));
        Assert.Equal([default], fake.Attached.Keys);
        await CloseAsync(device);
    }

    [Fact]
    public async Task A_disposal_of_the_address_space_detaches_its_PASIDs()
    {
        (IDmaDevice device, FakeDevice fake) = Open();
        IoAsidHandle<string> id = SpaceOf(device).CreateSet<string>("channels").Allocate("tx");
        IDmaAddressSpace space = device.CreateAddressSpace();
        IDmaMemory memory = await space.AllocateAsync(4096, Cancellation);
        _ = _fixture.Iommufd.AttachPasid(device, space, id);
        _ = await device.AttachAsync(space, Nine, Cancellation);

        await space.DisposeAsync();
        await space.DisposeAsync();

        Assert.Equal([default], fake.Attached.Keys);
        Assert.Equal(IoAsidFreeResult.Reclaimed, Free(id));
        Assert.Throws<ObjectDisposedException>(() => memory.Read(0, new byte[1]));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await space.AllocateAsync(1, Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await device.AttachAsync(space, Nine, Cancellation));
        await CloseAsync(device);
    }

    [Fact]
    public async Task A_disposal_of_the_device_ends_all_of_its_address_spaces()
    {
        (IDmaDevice device, _) = Open();
        IoAsidHandle<string> id = SpaceOf(device).CreateSet<string>("channels").Allocate("tx");
        IDmaAddressSpace space = device.CreateAddressSpace();
        _ = await space.AllocateAsync(4096, Cancellation);
        IDmaAttachment attachment = _fixture.Iommufd.AttachPasid(device, space, id);

        await CloseAsync(device);
        await attachment.DisposeAsync();
        await space.DisposeAsync();

        Assert.Equal(IoAsidFreeResult.Reclaimed, Free(id));
        Assert.Throws<ObjectDisposedException>(() => device.CreateAddressSpace());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await space.AllocateAsync(1, Cancellation));
    }

    [Fact]
    public async Task Wrong_PASIDs_address_spaces_and_ids_are_refused()
    {
        (IDmaDevice device, FakeDevice fake) = Open(pasidBits: 8);
        (IDmaDevice other, _) = Open("0000:00:06.0", pasidBits: 8);
        (IDmaDevice plain, _) = Open("0000:00:07.0", pasidBits: 0);
        using Iommufd foreign = Iommufd.Open(_fixture.Kernel);
        IDmaAddressSpace space = device.CreateAddressSpace();
        IoAsidHandle<string> id = SpaceOf(device).CreateSet<string>("channels").Allocate("tx");
        IoAsidHandle<string> wide = new IoAsidSpace().CreateSet<string>("wide").Allocate("tx");

        Assert.Equal([new Pasid(0xFF), default], [device.MaximumPasid, plain.MaximumPasid]);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await device.AttachAsync(space, default, Cancellation));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await device.AttachAsync(space, new Pasid(0x100), Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(async () => await other.AttachAsync(space, Nine, Cancellation));
        Assert.Throws<ArgumentException>(() => _ = _fixture.Iommufd.AttachPasid(device, space, wide));
        Assert.Throws<ArgumentException>(() => _ = _fixture.Iommufd.AttachPasid(other, space, id));
        Assert.Throws<ArgumentException>(() => _ = foreign.AttachPasid(device, space, id));
        Assert.Throws<NotSupportedException>(() => plain.CreateAddressSpace());
        Assert.Equal([default], fake.Attached.Keys);
        Assert.Equal(IoAsidFreeResult.Reclaimed, Free(id));
        foreach (IDmaDevice opened in (IDmaDevice[])[device, other, plain])
            await opened.DisposeAsync();
    }

    [Theory]
    [InlineData("IOMMU_IOAS_ALLOC", Errno.NoMemory, typeof(DmaMemoryException))]
    [InlineData("IOMMU_HWPT_ALLOC", Errno.NoMemory, typeof(DmaMemoryException))]
    [InlineData("IOMMU_HWPT_ALLOC", Errno.NotSupported, typeof(SystemCallException))]
    [InlineData("IOMMU_IOAS_ALLOW_IOVAS", Errno.NoMemory, typeof(DmaMemoryException))]
    [InlineData("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.NoMemory, typeof(DmaMemoryException))]
    [InlineData("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.Busy, typeof(SystemCallException))]
    public async Task A_step_that_the_kernel_refuses_changes_nothing(string step, Errno error, Type expected)
    {
        (IDmaDevice device, FakeDevice fake) = Open();
        device.AddressBits = 40;
        IoAsidHandle<string> id = SpaceOf(device).CreateSet<string>("channels").Allocate("tx");
        int objects = _fixture.Kernel.Objects.Count;
        _fixture.Kernel.FailNext(step, error);

        await Assert.ThrowsAsync(expected, async () =>
        {
            await using IDmaAddressSpace space = device.CreateAddressSpace();
            _ = _fixture.Iommufd.AttachPasid(device, space, id);
        });

        Assert.Equal(objects, _fixture.Kernel.Objects.Count);
        Assert.Equal([default], fake.Attached.Keys);
        Assert.Equal(IoAsidFreeResult.Reclaimed, Free(id));
        await CloseAsync(device);
    }

    private static IoAsidFreeResult Free(IoAsidHandle<string> id) => id.Free();

    private static IoAsidSpace SpaceOf(IDmaDevice device) => new(new IoAsidSpaceOptions { Capacity = device.MaximumPasid.Value + 1L });

    private (IDmaDevice Device, FakeDevice Fake) Open(string address = KernelFixture.Address, int pasidBits = 20)
    {
        FakeDevice fake = _fixture.Kernel.AddDevice(address, pasidBits);
        return (_fixture.Iommufd.OpenDevice(PciAddress.Parse(address)), fake);
    }

    private async Task CloseAsync(IDmaDevice device)
    {
        await device.DisposeAsync();
        Assert.Empty(_fixture.Kernel.Objects);
    }
}
