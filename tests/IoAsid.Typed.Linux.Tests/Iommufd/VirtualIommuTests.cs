namespace IoAsid.Typed.Linux.Tests.Iommufds;

public sealed class VirtualIommuTests : IDisposable
{
    private readonly KernelFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Events_are_read_with_their_numbers_and_losses()
    {
        using VfioDevice device = _fixture.Open();
        using Ioas ioas = _fixture.Iommufd.AllocateIoas();
        using NestParentHwpt parent = device.AllocateNestParent(ioas);
        using Viommu viommu = device.AllocateViommu(parent, 1, []);
        VirtualEventQueue queue = viommu.AllocateEventQueue(1, depth: 2, eventSize: 4);
        ValueTask<VirtualEvent> wait = queue.ReadAsync(TestContext.Current.CancellationToken);
        Assert.False(wait.IsCompleted);
        _fixture.Kernel.RaiseEvent([0, 0, 0, 0, 5, 0, 0, 0, 0x99, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0]);
        VirtualEvent first = await wait;
        Assert.Equal((5U, false), (first.Sequence, first.AreLost));
        Assert.Equal([0x99, 0, 0, 0], first.Data.ToArray());
        VirtualEvent second = await queue.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Multiple(
            () => Assert.Equal(7U, second.Sequence),
            () => Assert.True(second.AreLost),
            () => Assert.True(second.Data.IsEmpty));
        Assert.False(queue.TryRead(out _));
        Task ended = Task.Run(
            async () =>
            {
                await foreach (VirtualEvent unexpected in queue.ReadAllAsync(TestContext.Current.CancellationToken))
                    Assert.Fail($"{unexpected}");
            },
            TestContext.Current.CancellationToken);
        queue.Dispose();
        await ended;
    }

    [Fact]
    public void Invalidations_are_whole_entries()
    {
        using VfioDevice device = _fixture.Open();
        using Ioas ioas = _fixture.Iommufd.AllocateIoas();
        using NestParentHwpt parent = device.AllocateNestParent(ioas);
        using NestedHwpt nested = device.AllocateNestedHwpt(parent, new VtdFirstStage(0x1000));
        nested.Invalidate(VtdInvalidation.Everything, new VtdInvalidation(0x2000, 1, LeavesOnly: true));
        Assert.Throws<ArgumentException>(() => nested.Invalidate(0, 24, new byte[25]));
        Assert.Equal(2, nested.Invalidate(0, 24, new byte[48]));
        _fixture.Kernel.FailNext("IOMMU_HWPT_INVALIDATE", Errno.InvalidArgument);
        Assert.Throws<SystemCallException>(() => nested.Invalidate(VtdInvalidation.Everything));
    }

    [Fact]
    public void A_bitmap_shorter_than_its_range_is_refused()
    {
        using VfioDevice device = _fixture.Open();
        using Ioas ioas = _fixture.Iommufd.AllocateIoas();
        using PagingHwpt table = device.AllocateHwpt(ioas, new HwptOptions { RequiresDirtyTracking = true });
        Assert.Throws<InvalidOperationException>(() => table.GetDirtyPages(0, 4096, 4096, new ulong[1]));
        table.SetDirtyTracking(enabled: true);
        table.GetDirtyPages(0, 64 * 4096, 4096, new ulong[1]);
        Assert.Throws<ArgumentException>(() => table.GetDirtyPages(0, 65 * 4096, 4096, new ulong[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.GetDirtyPages(0, 4096, 4095, new ulong[1]));
    }

    [Fact]
    public void Options_are_read_and_written()
    {
        using Ioas ioas = _fixture.Iommufd.AllocateIoas();
        Assert.True(ioas.UsesHugePages);
        ioas.UsesHugePages = false;
        _fixture.Kernel.FailNext("IOMMU_OPTION", Errno.NotPermitted);
        SystemCallException refusal = Assert.Throws<SystemCallException>(() => _fixture.Iommufd.CountsLockedMemoryByProcess = true);
        Assert.Contains("CAP_SYS_RESOURCE", refusal.Message);
    }
}
