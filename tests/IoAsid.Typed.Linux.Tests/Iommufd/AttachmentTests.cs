using IoAsid.Typed.Hardware;
using IoAsid.Typed.Linux.Tests.Fakes;

namespace IoAsid.Typed.Linux.Tests.Iommufds;

public sealed class AttachmentTests : IDisposable
{
    private readonly KernelFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_failed_attach_detaches_so_that_the_device_is_not_left_blocked()
    {
        VfioDevice device = _fixture.Open(out FakeDevice fake, pasidBits: 0);
        using Ioas ioas = _fixture.Iommufd.AllocateIoas();
        using FaultQueue queue = _fixture.Iommufd.AllocateFaultQueue();
        using PagingHwpt faulting = device.AllocateHwpt(ioas, new HwptOptions { FaultQueue = queue });
        SystemCallException refusal = Assert.Throws<SystemCallException>(() => device.Attach(faulting));
        Assert.Equal(Errno.NoDevice, refusal.Error);
        Assert.Contains("no PRI", refusal.Message);
        Assert.Equal("VFIO_DEVICE_DETACH_IOMMUFD_PT", _fixture.Kernel.Log[^1]);
        device.Attach(ioas);
        Assert.False(fake.IsBlocked);
        device.Dispose();
    }

    [Fact]
    public void A_failed_replacement_attaches_what_was_there_before()
    {
        VfioDevice device = _fixture.Open(out FakeDevice fake, pasidBits: 0);
        using Ioas ioas = _fixture.Iommufd.AllocateIoas();
        using FaultQueue queue = _fixture.Iommufd.AllocateFaultQueue();
        using PagingHwpt plain = device.AllocateHwpt(ioas);
        using PagingHwpt faulting = device.AllocateHwpt(ioas, new HwptOptions { FaultQueue = queue });
        DeviceAttachment attachment = device.Attach(plain);
        Assert.Throws<SystemCallException>(() => attachment.Replace(faulting));
        Assert.Same(plain, attachment.Target);
        Assert.True(attachment.IsAttached);
        Assert.False(fake.IsBlocked);
        Assert.Single(fake.Attached);
        device.Dispose();
    }

    [Fact]
    public void A_replacement_that_cannot_be_undone_ends_the_attachment()
    {
        (VfioDevice device, PagingHwpt table, DeviceAttachment attachment) = _fixture.OpenAttached(out FakeDevice fake);
        using PagingHwpt other = device.AllocateHwpt(table.Ioas.IsDisposed ? _fixture.Iommufd.AllocateIoas() : table.Ioas, new HwptOptions { TakesPasids = true });
        _fixture.Kernel.FailNext("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.NoMemory);
        _fixture.Kernel.FailNext("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.NoMemory);
        SystemCallException refusal = Assert.Throws<SystemCallException>(() => attachment.Replace(other));
        Assert.Contains("is detached", refusal.Message);
        Assert.False(attachment.IsAttached);
        Assert.Empty(fake.Attached);
        Assert.Throws<ObjectDisposedException>(() => attachment.Replace(other));
        table.Dispose();
        device.Dispose();
    }

    [Fact]
    public void A_device_is_attached_once()
    {
        (VfioDevice device, PagingHwpt table, _) = _fixture.OpenAttached(out _);
        Assert.Throws<InvalidOperationException>(() => device.Attach(table));
        device.Dispose();
        table.Dispose();
    }

    [Fact]
    public void Disposing_a_device_ends_its_attachments_those_of_PASIDs_first()
    {
        (VfioDevice device, PagingHwpt table, DeviceAttachment main) = _fixture.OpenAttached(out FakeDevice fake);
        IoAsidSet<string> set = new IoAsidSpace(device.CreateSpaceOptions()).CreateSet<string>("test");
        IoAsidHandle<string> id = set.Allocate("data");
        IommufdPasidAttachment attachment = device.Attach(id, table);
        table.Dispose();
        device.Dispose();
        Assert.False(attachment.IsAttached);
        Assert.False(main.IsAttached);
        Assert.Empty(fake.Attached);
        Assert.Equal(IoAsidFreeResult.Reclaimed, id.Free());
        _fixture.Iommufd.Dispose();
        _fixture.AssertClean();
    }

    [Fact]
    public void A_device_without_PASIDs_is_refused_before_the_kernel_would_do_nothing()
    {
        VfioDevice device = _fixture.Open(pasidBits: 0);
        using Ioas ioas = _fixture.Iommufd.AllocateIoas();
        Assert.Equal(0, device.Hardware.PasidCapacity);
        Assert.Throws<NotSupportedException>(() => device.CreateSpaceOptions());
        Assert.Throws<NotSupportedException>(() => device.AllocateHwpt(ioas, new HwptOptions { TakesPasids = true }));
        using PagingHwpt table = device.AllocateHwpt(ioas);
        IoAsidHandle<string> id = new IoAsidSpace().CreateSet<string>("test").Allocate("data");
        Assert.Throws<NotSupportedException>(() => device.Attach(id, table));
        Assert.DoesNotContain("VFIO_DEVICE_ATTACH_IOMMUFD_PT", _fixture.Kernel.Log);
        device.Dispose();
    }

    [Fact]
    public void A_space_with_more_numbers_than_the_device_is_refused()
    {
        VfioDevice device = _fixture.Open(pasidBits: 16);
        Assert.Equal(1 << 16, device.CreateSpaceOptions().Capacity);
        using Ioas ioas = _fixture.Iommufd.AllocateIoas();
        using PagingHwpt table = device.AllocateHwpt(ioas, new HwptOptions { TakesPasids = true });
        IoAsidHandle<string> id = new IoAsidSpace().CreateSet<string>("test").Allocate("data");
        Assert.Throws<ArgumentException>(() => device.Attach(id, table));
        device.Dispose();
    }

    [Fact]
    public void Number_0_is_refused_because_the_kernel_takes_it_for_the_device_itself()
    {
        (VfioDevice device, PagingHwpt table, _) = _fixture.OpenAttached(out _);
        IoAsidSpace space = new(new IoAsidSpaceOptions { ReservedNumbers = [] });
        IoAsidHandle<string> id = space.CreateSet<string>("test").Allocate("data");
        Assert.Equal(0u, id.Id.Value);
        Assert.Throws<ArgumentException>(() => device.Attach(id, table));
        device.Dispose();
        table.Dispose();
    }

    [Fact]
    public void A_table_without_PASIDs_is_refused_for_a_PASID_and_beside_one()
    {
        (VfioDevice device, PagingHwpt table, DeviceAttachment main) = _fixture.OpenAttached(out _);
        using Ioas ioas = _fixture.Iommufd.AllocateIoas();
        using PagingHwpt plain = device.AllocateHwpt(ioas);
        IoAsidSet<string> set = new IoAsidSpace(device.CreateSpaceOptions()).CreateSet<string>("test");
        IoAsidHandle<string> id = set.Allocate("data");
        Assert.Throws<ArgumentException>(() => device.Attach(id, plain));
        main.Replace(plain);
        Assert.Throws<InvalidOperationException>(() => device.Attach(id, table));
        main.Replace(table);
        IommufdPasidAttachment attachment = device.Attach(id, table);
        Assert.Throws<InvalidOperationException>(() => device.Attach(id, table));
        Assert.Throws<ArgumentException>(() => main.Replace(plain));
        main.Dispose();
        Assert.Throws<InvalidOperationException>(() => device.Attach(ioas));
        Assert.Throws<InvalidOperationException>(() => device.Attach(plain));
        attachment.Dispose();
        device.Attach(ioas);
        device.Dispose();
        table.Dispose();
    }

    [Fact]
    public void A_number_is_bound_while_its_PASID_is_attached()
    {
        (VfioDevice device, PagingHwpt table, _) = _fixture.OpenAttached(out FakeDevice fake);
        IoAsidSet<string> set = new IoAsidSpace(device.CreateSpaceOptions()).CreateSet<string>("test");
        IoAsidHandle<string> id = set.Allocate("first");
        IommufdPasidAttachment attachment = device.Attach(id, table);
        Assert.Contains(new Pasid(id.Id.Value), fake.Attached.Keys);
        Assert.Equal(IoAsidFreeResult.Pending, id.Free());
        Assert.NotEqual(id.Id, set.Allocate("second").Id);
        attachment.Dispose();
        attachment.Dispose();
        Assert.Equal(id.Id, set.Allocate("third").Id);
        device.Dispose();
        table.Dispose();
    }

    [Fact]
    public void A_number_stays_bound_after_a_detach_that_the_kernel_refused()
    {
        (VfioDevice device, PagingHwpt table, _) = _fixture.OpenAttached(out _);
        IoAsidSet<string> set = new IoAsidSpace(device.CreateSpaceOptions()).CreateSet<string>("test");
        IoAsidHandle<string> id = set.Allocate("first");
        IommufdPasidAttachment attachment = device.Attach(id, table);
        id.Free();
        _fixture.Kernel.FailNext("VFIO_DEVICE_DETACH_IOMMUFD_PT", Errno.NoDevice);
        Assert.Throws<SystemCallException>(attachment.Dispose);
        Assert.True(attachment.IsAttached);
        Assert.NotEqual(id.Id, set.Allocate("second").Id);
        attachment.Dispose();
        Assert.Equal(id.Id, set.Allocate("third").Id);
        device.Dispose();
        table.Dispose();
    }

    [Fact]
    public void Closing_the_file_ends_the_binding_of_a_PASID_that_stayed_attached()
    {
        (VfioDevice device, PagingHwpt table, DeviceAttachment main) = _fixture.OpenAttached(out _);
        IoAsidSet<string> set = new IoAsidSpace(device.CreateSpaceOptions()).CreateSet<string>("test");
        IoAsidHandle<string> id = set.Allocate("first");
        device.Attach(id, table);
        _fixture.Kernel.FailNext("VFIO_DEVICE_DETACH_IOMMUFD_PT", Errno.NoDevice);
        device.Dispose();
        Assert.Equal(IoAsidFreeResult.Reclaimed, id.Free());
        Assert.False(main.IsAttached);
        table.Dispose();
        _fixture.Iommufd.Dispose();
        _fixture.AssertClean();
    }

    [Fact]
    public void A_failed_attach_of_a_PASID_ends_its_binding()
    {
        (VfioDevice device, PagingHwpt table, _) = _fixture.OpenAttached(out _);
        IoAsidHandle<string> id = new IoAsidSpace(device.CreateSpaceOptions()).CreateSet<string>("test").Allocate("data");
        _fixture.Kernel.FailNext("VFIO_DEVICE_ATTACH_IOMMUFD_PT", Errno.NoMemory);
        Assert.Throws<SystemCallException>(() => device.Attach(id, table));
        Assert.Equal(IoAsidFreeResult.Reclaimed, id.Free());
        Assert.Throws<StaleIoAsidException>(() => device.Attach(id, table));
        device.Dispose();
        table.Dispose();
    }

    [Fact]
    public async Task Observers_of_the_end_of_a_binding_run_outside_of_the_locks()
    {
        (VfioDevice device, PagingHwpt table, _) = _fixture.OpenAttached(out _);
        IoAsidSet<string> set = new IoAsidSpace(device.CreateSpaceOptions()).CreateSet<string>("test");
        IommufdPasidAttachment attachment = device.Attach(set.Allocate("first"), table);
        using ManualResetEventSlim attached = new();
        Task<bool>? other = null;
        using IoAsidObserverRegistration registration = set.Observe(
            change =>
            {
                if (change.Kind == IoAsidEventKind.Unbound)
                {
                    // The call is on another thread, so that it waits if this thread holds a lock.
                    other = Task.Run(() =>
                    {
                        bool isAttached = device.Attach(set.Allocate("second"), table).IsAttached;
                        attached.Set();
                        return isAttached;
                    });
                    Assert.True(attached.Wait(TimeSpan.FromSeconds(20)));
                }
            });
        attachment.Dispose();
        Assert.True(await other!);
        device.Dispose();
        table.Dispose();
    }
}
