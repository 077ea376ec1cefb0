using IoAsid.Typed.Linux.Tests.Fakes;

namespace IoAsid.Typed.Linux.Tests;

/// <summary>A fake kernel and an open iommufd. At the end of a test no object may be left, and no violation may be recorded.</summary>
public sealed class KernelFixture : IDisposable
{
    internal const string Address = "0000:00:05.0";

    internal FakeKernel Kernel { get; } = new();

    internal Iommufd Iommufd => field ??= Iommufd.Open(Kernel);

    /// <summary>Adds a function to the fake kernel and opens it.</summary>
    internal VfioDevice Open(string address = Address, int pasidBits = 20) => Open(out _, address, pasidBits);

    internal VfioDevice Open(out FakeDevice fake, string address = Address, int pasidBits = 20)
    {
        fake = Kernel.AddDevice(address, pasidBits);
        return VfioDevice.Open(Iommufd, PciAddress.Parse(address));
    }

    /// <summary>Opens a device that is attached to a page table for PASIDs.</summary>
    internal (VfioDevice Device, PagingHwpt Table, DeviceAttachment Attachment) OpenAttached(out FakeDevice fake, FaultQueue? queue = null, string address = Address)
    {
        VfioDevice device = Open(out fake, address);
        Ioas ioas = Iommufd.AllocateIoas();
        PagingHwpt table = device.AllocateHwpt(ioas, new HwptOptions { TakesPasids = true, FaultQueue = queue });
        ioas.Dispose(); // The table keeps the address space.
        return (device, table, device.Attach(table));
    }

    internal void AssertClean()
    {
        Assert.Empty(Kernel.Violations);
        Assert.Empty(Kernel.Objects);
        Assert.Equal(0, Kernel.OpenFiles);
        Assert.Equal(0, Kernel.MappedMemory);
    }

    public void Dispose()
    {
        Iommufd.Dispose();
        Assert.Empty(Kernel.Violations);
        Kernel.Dispose();
    }
}
