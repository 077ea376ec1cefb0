using IoAsid.Typed.Hardware;
using IoAsid.Typed.Linux.Tests.Fakes;

namespace IoAsid.Typed.Linux.Tests.DmaDevices;

/// <summary>A device file of one driver, through the interface that drivers of emulated machines use too.</summary>
public sealed class VfioDmaDeviceTests : IDisposable
{
    private readonly KernelFixture _fixture = new();
    private readonly FakeDevice _fake;

    public VfioDmaDeviceTests() => _fake = _fixture.Kernel.AddDevice(KernelFixture.Address, pasidBits: 0);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_disposal_with_memory_and_interrupts_leaves_nothing()
    {
        IDmaDevice device = Open();
        IDmaMemory memory = await device.AllocateAsync(5000, Cancellation);
        _ = device.EnableInterrupts(2);
        device.BusMasterEnabled = true;
        memory.Write(4, [1, 2, 3]);
        byte[] read = new byte[3];
        memory.Read(4, read);

        await device.DisposeAsync();
        await device.DisposeAsync();

        Assert.Equal([1, 2, 3], read);
        Assert.Equal(0x2000, memory.Length);
        Assert.Equal(0, _fake.Configuration[4] & 4);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await device.AllocateAsync(1, Cancellation));
        Assert.Throws<ObjectDisposedException>(() => memory.Read(0, read));
        _fixture.Iommufd.Dispose();
        _fixture.AssertClean();
    }

    [Fact]
    public async Task Memory_is_mapped_at_addresses_that_the_device_can_send()
    {
        await using IDmaDevice device = Open();
        device.AddressBits = 28;
        await using IDmaMemory memory = await device.AllocateAsync(4096, Cancellation);

        Assert.InRange(memory.Address + (ulong)memory.Length, 1UL, 1UL << 28);
        Assert.Throws<ArgumentOutOfRangeException>(() => device.AddressBits = 12);
        Assert.Throws<ArgumentOutOfRangeException>(() => device.AddressBits = 65);
    }

    [Fact]
    public async Task An_allocation_that_the_kernel_refuses_changes_nothing()
    {
        await using IDmaDevice device = Open();
        long before = _fixture.Kernel.MappedMemory;
        _fixture.Kernel.FailNext("IOMMU_IOAS_MAP", Errno.NoMemory);

        DmaMemoryException refusal = await Assert.ThrowsAsync<DmaMemoryException>(async () => await device.AllocateAsync(4096, Cancellation));

        Assert.Contains("ulimit -l", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, _fixture.Kernel.MappedMemory);
        await using IDmaMemory memory = await device.AllocateAsync(4096, Cancellation);
    }

    [Fact]
    public async Task An_interrupt_ends_one_wait()
    {
        await using IDmaDevice device = Open();
        using IDeviceInterrupts interrupts = device.EnableInterrupts(2);
        ValueTask<bool> wait = interrupts.WaitAsync(1, TimeSpan.FromMinutes(1), Cancellation);
        _fixture.Kernel.RaiseInterrupt(_fake, 1);

        Assert.True(await wait);
        Assert.False(await interrupts.WaitAsync(1, TimeSpan.Zero, Cancellation));
        Assert.Throws<InvalidOperationException>(() => device.EnableInterrupts());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await interrupts.WaitAsync(0, Timeout.InfiniteTimeSpan, Cancellation));
        using CancellationTokenSource cancelled = new();
        ValueTask<bool> open = interrupts.WaitAsync(0, TimeSpan.FromMinutes(1), cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await open);
    }

    [Theory]
    [InlineData("VFIO_DEVICE_BIND_IOMMUFD")]
    [InlineData("IOMMU_IOAS_ALLOC")]
    [InlineData("VFIO_DEVICE_ATTACH_IOMMUFD_PT")]
    [InlineData("VFIO_DEVICE_GET_REGION_INFO")]
    public void A_step_of_the_opening_that_fails_leaves_nothing(string step)
    {
        _ = _fixture.Iommufd;
        _fixture.Kernel.FailNext(step, Errno.NoDevice);

        Assert.Throws<SystemCallException>(() => Open());

        _fixture.Iommufd.Dispose();
        _fixture.AssertClean();
    }

    private IDmaDevice Open() => _fixture.Iommufd.OpenDevice(PciAddress.Parse(KernelFixture.Address));
}
