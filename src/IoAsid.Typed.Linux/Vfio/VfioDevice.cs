using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>A PCI function that belongs to <c>vfio-pci</c> and is bound to an iommufd. No other process can use it meanwhile.</summary>
public sealed class VfioDevice : IommufdDevice
{
    private readonly FileHandle _file;

    private VfioDevice(Iommufd owner, VfioDeviceHandle handle, PciAddress address, VfioDeviceInfo info)
        : base(owner, handle, "device")
    {
        _file = handle.Device;
        Address = address;
        CanReset = (info.Flags & VfioDeviceInfo.CanReset) != 0;
        RegionCount = (int)info.NumRegions;
        InterruptKindCount = (int)info.NumIrqs;
        Configuration = new(this);
    }

    /// <summary>The address of the function.</summary>
    public PciAddress Address { get; }

    /// <summary>Gets a value indicating whether the function can be reset.</summary>
    public bool CanReset { get; }

    /// <summary>The number of regions, see <see cref="VfioRegionIndex"/>. A region can be empty.</summary>
    public int RegionCount { get; }

    /// <summary>The number of kinds of interrupts, see <see cref="VfioInterruptKind"/>.</summary>
    public int InterruptKindCount { get; }

    /// <summary>The configuration space.</summary>
    public VfioConfigurationSpace Configuration { get; }

    /// <summary>Opens a function and binds it to an iommufd. It has to belong to <c>vfio-pci</c>: see <see cref="VfioPci.Bind(PciAddress)"/>.</summary>
    /// <param name="iommufd">The iommufd.</param>
    /// <param name="address">The function.</param>
    /// <returns>The device. Its requests are blocked until it is attached.</returns>
    /// <exception cref="DirectoryNotFoundException">The function does not exist.</exception>
    /// <exception cref="SystemCallException">The function does not belong to <c>vfio-pci</c>, another process uses it, or its group is not viable.</exception>
    public static unsafe VfioDevice Open(Iommufd iommufd, PciAddress address)
    {
        ArgumentNullException.ThrowIfNull(iommufd);
        ISystemCalls calls = iommufd.Calls;
        FileHandle file = FileHandle.Open(calls, VfioPci.DeviceFile(calls, address), "open /dev/vfio/devices");
        VfioDeviceHandle? handle = null;
        try
        {
#pragma warning disable CA2000 // The device owns it.
            handle = new(iommufd.File, file);
#pragma warning restore CA2000
            using HandleUse use = new(file);
            VfioDeviceBindIommufd argument = new() { Argsz = 24, Iommufd = iommufd.File.Descriptor };
            SystemCall.Run(calls, file.Descriptor, KernelRequest.DeviceBindIommufd, ref argument, address.ToString());
            handle.Created(argument.OutDevid);
            VfioDeviceInfo info = new() { Argsz = (uint)sizeof(VfioDeviceInfo) };
            SystemCall.Run(calls, file.Descriptor, KernelRequest.DeviceGetInfo, ref info, address.ToString());
            return new(iommufd, handle, address, info);
        }
        catch
        {
            handle?.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>Returns the description of a region.</summary>
    /// <param name="index">The region.</param>
    /// <returns>The description.</returns>
    /// <exception cref="SystemCallException">The device does not have the region.</exception>
    public unsafe VfioRegion GetRegion(VfioRegionIndex index)
    {
        using HandleUse use = UseFile();
        VfioRegionInfo info = new() { Argsz = (uint)sizeof(VfioRegionInfo), Index = (uint)index };
        SystemCall.Run(Owner.Calls, _file.Descriptor, KernelRequest.DeviceGetRegionInfo, ref info, $"{index} of {this}");
        if (info.Argsz <= sizeof(VfioRegionInfo))
            return new(index, (long)info.Size, (long)info.Offset, (VfioRegionAccess)(info.Flags & 7), mappable: null);

        byte[] data = new byte[info.Argsz];
        fixed (byte* pointer = data)
        {
            *(VfioRegionInfo*)pointer = new() { Argsz = (uint)data.Length, Index = (uint)index };
            SystemCall.Run(Owner.Calls, _file.Descriptor, KernelRequest.DeviceGetRegionInfo, ref *(VfioRegionInfo*)pointer, $"{index} of {this}");
        }

        return new(index, (long)info.Size, (long)info.Offset, (VfioRegionAccess)(info.Flags & 7), VfioRegion.DecodeMappableAreas(data));
    }

    /// <summary>Maps a region of registers into this process.</summary>
    /// <param name="index">The region.</param>
    /// <returns>The registers. They keep the device's file open.</returns>
    /// <exception cref="NotSupportedException">The region cannot be mapped as a whole.</exception>
    /// <exception cref="SystemCallException">The kernel refused.</exception>
    [return: TakesOwnership]
    public MappedRegisters MapRegisters(VfioRegionIndex index)
    {
        VfioRegion region = GetRegion(index);
        if (!region.Access.HasFlag(VfioRegionAccess.Map) || region.Length == 0)
            throw new NotSupportedException($"{index} of {this} cannot be mapped (access: {region.Access}). Read and write it through the device.");

        using HandleUse use = UseFile();
#pragma warning disable CA2000 // The registers own it.
        MemoryHandle memory = new(Owner.Calls);
#pragma warning restore CA2000
        try
        {
            memory.Map((nuint)region.Length, FileFlags.MapShared, Handle, _file.Descriptor, region.Offset);
            return new(memory);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Reads bytes of a region through the kernel.</summary>
    /// <param name="region">The region.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="destination">Takes the bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie in the region.</exception>
    /// <exception cref="SystemCallException">The device did not respond.</exception>
    public unsafe void Read(VfioRegion region, long offset, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(region);
        region.ThrowIfOutside(offset, destination.Length);
        using HandleUse use = UseFile();
        fixed (byte* pointer = destination)
            Check(Owner.Calls.ReadAt(_file.Descriptor, pointer, (nuint)destination.Length, region.Offset + offset), destination.Length, "pread", region);
    }

    /// <summary>Writes bytes of a region through the kernel.</summary>
    /// <param name="region">The region.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="source">The bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie in the region.</exception>
    /// <exception cref="SystemCallException">The device did not respond.</exception>
    public unsafe void Write(VfioRegion region, long offset, ReadOnlySpan<byte> source)
    {
        ArgumentNullException.ThrowIfNull(region);
        region.ThrowIfOutside(offset, source.Length);
        using HandleUse use = UseFile();
        fixed (byte* pointer = source)
            Check(Owner.Calls.WriteAt(_file.Descriptor, pointer, (nuint)source.Length, region.Offset + offset), source.Length, "pwrite", region);
    }

    /// <summary>Returns the number of vectors of a kind of interrupt; 0 if the device has none.</summary>
    /// <param name="kind">The kind.</param>
    /// <returns>The number of vectors.</returns>
    public unsafe int GetInterruptCount(VfioInterruptKind kind)
    {
        using HandleUse use = UseFile();
        VfioIrqInfo info = new() { Argsz = (uint)sizeof(VfioIrqInfo), Index = (uint)kind };
        SystemCall.Run(Owner.Calls, _file.Descriptor, KernelRequest.DeviceGetIrqInfo, ref info, $"{kind} of {this}");
        return (int)info.Count;
    }

    /// <summary>Enables the interrupts of a kind.</summary>
    /// <param name="kind">The kind. INTx, MSI and MSI-X exclude one another.</param>
    /// <param name="count">The number of vectors, from the first one.</param>
    /// <returns>The interrupts. Disposing them disables them.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    /// <exception cref="SystemCallException">The device has fewer vectors, or another kind is enabled.</exception>
    public VfioInterrupts EnableInterrupts(VfioInterruptKind kind, int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return VfioInterrupts.Enable(this, kind, count);
    }

    /// <summary>Resets the function. Its registers return to their defaults.</summary>
    /// <exception cref="NotSupportedException">The function has no reset of its own.</exception>
    /// <exception cref="SystemCallException">The reset failed.</exception>
    public unsafe void Reset()
    {
        if (!CanReset)
            throw new NotSupportedException($"{this} has no reset of its own.");

        using HandleUse use = UseFile();
        nint result = Owner.Calls.Ioctl(_file.Descriptor, KernelRequest.DeviceReset.Number, null);
        SystemCall.ThrowIfFailed(result, KernelRequest.DeviceReset.Name, this);
    }

    /// <summary>Returns true if the driver of the device has a feature.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="use">What the feature is to be used for.</param>
    /// <returns>True if the driver has the feature for this use.</returns>
    public bool HasFeature(VfioFeature feature, VfioFeatureUse use)
    {
        VfioDeviceFeature argument = new() { Argsz = 8, Flags = (uint)feature | VfioDeviceFeature.Probe | (uint)use };
        using HandleUse file = UseFile();
        return SystemCall.Try(Owner.Calls, _file.Descriptor, KernelRequest.DeviceFeature, ref argument) == Errno.None;
    }

    /// <summary>Reads a feature.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="data">The data in the kernel's format. The kernel may read it before it writes it.</param>
    /// <exception cref="SystemCallException">The driver does not have the feature, or its data has another length.</exception>
    public void GetFeature(VfioFeature feature, Span<byte> data) => RunFeature(feature, VfioDeviceFeature.Get, data).CopyTo(data);

    /// <summary>Sets a feature.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="data">The data in the kernel's format.</param>
    /// <exception cref="SystemCallException">The driver does not have the feature, or its data has another length.</exception>
    public void SetFeature(VfioFeature feature, ReadOnlySpan<byte> data) => RunFeature(feature, VfioDeviceFeature.Set, data);

    /// <summary>Returns the address and the kernel's number of the device.</summary>
    public override string ToString() => $"device {Address}{(IsDisposed ? ", disposed" : "")}";

    internal override Errno KernelAttach(uint pageTable, Pasid pasid)
    {
        VfioDeviceAttachIommufdPt argument = pasid == IommufdPasidConversion.None
            ? new() { Argsz = 12, PtId = pageTable }
            : new() { Argsz = 16, Flags = VfioDeviceAttachIommufdPt.WithPasid, PtId = pageTable, Pasid = pasid.Value };
        return SystemCall.Try(Owner.Calls, _file.Descriptor, KernelRequest.DeviceAttachIommufdPt, ref argument);
    }

    internal override Errno KernelDetach(Pasid pasid)
    {
        VfioDeviceDetachIommufdPt argument = pasid == IommufdPasidConversion.None
            ? new() { Argsz = 8 }
            : new() { Argsz = 12, Flags = VfioDeviceDetachIommufdPt.WithPasid, Pasid = pasid.Value };
        return SystemCall.Try(Owner.Calls, _file.Descriptor, KernelRequest.DeviceDetachIommufdPt, ref argument);
    }

    /// <summary>Enables or disables interrupts: one descriptor for each vector, -1 for one without.</summary>
    internal unsafe Errno SetInterrupts(VfioInterruptKind kind, ReadOnlySpan<int> events)
    {
        int length = sizeof(VfioIrqSet) + events.Length * sizeof(int);
        Span<byte> data = length <= 256 ? stackalloc byte[256] : new byte[length];
        data = data[..length];
        MemoryMarshal.AsBytes(events).CopyTo(data[sizeof(VfioIrqSet)..]);
        ref VfioIrqSet argument = ref MemoryMarshal.AsRef<VfioIrqSet>(data);
        argument = new()
        {
            Argsz = (uint)length, Index = (uint)kind, Count = (uint)events.Length,
            Flags = VfioIrqSet.ActionTrigger | (events.Length == 0 ? VfioIrqSet.DataNone : VfioIrqSet.DataEventFd),
        };
        return SystemCall.Try(Owner.Calls, _file.Descriptor, KernelRequest.DeviceSetIrqs, ref argument);
    }

    /// <summary>Takes a reference to the device's file for the time of a call.</summary>
    /// <exception cref="ObjectDisposedException">The device was disposed.</exception>
    internal HandleUse UseFile()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return new(_file);
    }

    private void Check(nint result, int length, string call, VfioRegion region)
    {
        SystemCall.ThrowIfFailed(result, call, $"{region.Index} of {this}");
        if (result != length)
            throw new SystemCallException(call, Errno.InputOutput, $"{region.Index} of {this}");
    }

    private unsafe Span<byte> RunFeature(VfioFeature feature, uint use, ReadOnlySpan<byte> data)
    {
        byte[] buffer = new byte[sizeof(VfioDeviceFeature) + data.Length];
        data.CopyTo(buffer.AsSpan(sizeof(VfioDeviceFeature)));
        ref VfioDeviceFeature argument = ref MemoryMarshal.AsRef<VfioDeviceFeature>(buffer.AsSpan());
        argument = new() { Argsz = (uint)buffer.Length, Flags = (uint)feature | use };
        using HandleUse file = UseFile();
        SystemCall.Run(Owner.Calls, _file.Descriptor, KernelRequest.DeviceFeature, ref argument, $"{feature} of {this}");
        return buffer.AsSpan(sizeof(VfioDeviceFeature));
    }
}
