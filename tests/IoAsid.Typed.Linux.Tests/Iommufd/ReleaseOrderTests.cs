using CsCheck;
using IoAsid.Typed.Linux.Tests.Fakes;

namespace IoAsid.Typed.Linux.Tests.Iommufds;

public sealed class ReleaseOrderTests
{
    [Fact]
    public void Objects_disposed_in_any_order_are_destroyed_in_the_right_one() =>
        Gen.Shuffle(Enumerable.Range(0, 16).ToArray()).Sample(
            order =>
            {
                using KernelFixture fixture = new();
                IDisposable[] objects = Scenario(fixture);
                foreach (int index in order)
                    objects[index % objects.Length].Dispose();

                Array.ForEach(objects, target => target.Dispose());
                fixture.AssertClean();
            },
            iter: 200,
            threads: 1);

    [Fact]
    public void A_call_that_fails_leaves_nothing_behind()
    {
        int calls;
        using (KernelFixture fixture = new())
        {
            RunAndDispose(fixture);
            fixture.AssertClean();
            calls = fixture.Kernel.Calls;
        }

        Assert.InRange(calls, 20, 200);
        for (int failing = 1; failing <= calls; failing++)
        {
            using KernelFixture fixture = new();
            fixture.Kernel.FailingCall = failing;
            try
            {
                RunAndDispose(fixture);
            }
            catch (SystemCallException exception)
            {
                Assert.Equal(Errno.NoMemory, exception.Error);
            }

            fixture.Kernel.FailingCall = 0;
            // An object that the kernel does not destroy remains, with the objects that it uses.
            if (fixture.Kernel.FailedCall == "IOMMU_DESTROY")
                fixture.Kernel.Violations.Clear();

            Assert.True(fixture.Kernel.Violations.Count == 0, $"after a failure of call {failing}, {fixture.Kernel.FailedCall}: {string.Join(", ", fixture.Kernel.Violations)}");
            Assert.Equal(0, fixture.Kernel.MappedMemory);
            Assert.Equal(0, fixture.Kernel.OpenFiles);
        }
    }

    [Fact]
    public void The_file_stays_open_until_the_last_object_is_disposed()
    {
        using KernelFixture fixture = new();
        Ioas ioas = fixture.Iommufd.AllocateIoas();
        fixture.Iommufd.Dispose();
        Assert.Equal(1, fixture.Kernel.OpenFiles);
        ioas.Dispose();
        fixture.AssertClean();
        Assert.Throws<ObjectDisposedException>(() => fixture.Iommufd.AllocateIoas());
    }

    [Fact]
    public void Disposing_twice_destroys_once()
    {
        using KernelFixture fixture = new();
        Ioas ioas = fixture.Iommufd.AllocateIoas();
        ioas.Dispose();
        ioas.Dispose();
        Assert.Single(fixture.Kernel.Log, entry => entry.StartsWith("IOMMU_DESTROY", StringComparison.Ordinal));
        Assert.True(ioas.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => ioas.GetRanges());
    }

    [Fact]
    public void Forgotten_objects_are_destroyed_by_the_collector_in_the_right_order()
    {
        using FakeKernel kernel = new();
        kernel.AddDevice(KernelFixture.Address);
        Forget(kernel);
        for (int i = 0; i < 20 && kernel.OpenFiles > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Empty(kernel.Violations);
        Assert.Equal(0, kernel.OpenFiles);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Forget(FakeKernel kernel)
    {
        Iommufd iommufd = Iommufd.Open(kernel);
        VfioDevice device = VfioDevice.Open(iommufd, PciAddress.Parse(KernelFixture.Address));
        PagingHwpt table = device.AllocateHwpt(iommufd.AllocateIoas(), new HwptOptions { FaultQueue = iommufd.AllocateFaultQueue() });
        Assert.False(table.IsDisposed);
    }

    private static void RunAndDispose(KernelFixture fixture)
    {
        List<IDisposable> made = [];
        try
        {
            Scenario(fixture, made);
        }
        finally
        {
            made.Reverse();
            made.ForEach(Dispose);
        }
    }

    /// <summary>Disposes an object. The disposal of a mapping throws if the kernel does not unmap it, and its address space unmaps it later.</summary>
    private static void Dispose(IDisposable target)
    {
        try
        {
            target.Dispose();
        }
        catch (SystemCallException)
        {
        }
    }

    private static IDisposable[] Scenario(KernelFixture fixture)
    {
        List<IDisposable> made = [];
        Scenario(fixture, made);
        return [.. made];
    }

    private static void Scenario(KernelFixture fixture, List<IDisposable> made)
    {
        fixture.Kernel.AddDevice(KernelFixture.Address);
        T Made<T>(T target)
            where T : IDisposable
        {
            made.Add(target);
            return target;
        }

        Made(fixture.Iommufd);
        DmaMemory memory = Made(DmaMemory.Allocate(fixture.Kernel, 0x3000));
        Ioas ioas = Made(fixture.Iommufd.AllocateIoas());
        Ioas other = Made(fixture.Iommufd.AllocateIoas());
        IoasMapping mapping = Made(ioas.Map(memory));
        Made(other.CopyFrom(mapping, address: 0x5000));
        FaultQueue queue = Made(fixture.Iommufd.AllocateFaultQueue());
        VfioDevice device = Made(VfioDevice.Open(fixture.Iommufd, PciAddress.Parse(KernelFixture.Address)));
        PagingHwpt table = Made(device.AllocateHwpt(ioas, new HwptOptions { TakesPasids = true, FaultQueue = queue }));
        NestParentHwpt parent = Made(device.AllocateNestParent(other));
        Made(device.AllocateNestedHwpt(parent, new VtdFirstStage(0x1000), queue, takesPasids: false));
        Viommu viommu = Made(device.AllocateViommu(parent, 1, []));
        Made(viommu.AllocateDevice(device, virtualId: 7));
        Made(viommu.AllocateEventQueue(1, depth: 4, eventSize: 32));
        Made(device.MapRegisters(VfioRegionIndex.Bar0));
        Made(device.EnableInterrupts(VfioInterruptKind.Msi));
        Made(device.Attach(table));
        IoAsidSpace space = new(device.CreateSpaceOptions());
        IoAsidHandle<string> id = space.CreateSet<string>("test").Allocate("data");
        Made(device.Attach(id, table));
    }
}
