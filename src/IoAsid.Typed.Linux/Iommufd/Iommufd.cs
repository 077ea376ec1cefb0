using System.Collections.Concurrent;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>An open <c>/dev/iommu</c>: the owner of address spaces, page tables and devices. Objects of two of them never meet.</summary>
/// <remarks>Safe to use from any thread. The file is closed when this object and each of its objects are disposed.</remarks>
public sealed class Iommufd : IDisposable
{
    private readonly ConcurrentDictionary<uint, IommufdDevice> _devices = [];

    internal Iommufd(ISystemCalls calls, FileHandle file)
    {
        Calls = calls;
        File = file;
        Events = EventLoop.Of(calls);
    }

    /// <summary>Gets a value indicating whether the system has <c>/dev/iommu</c>. The user may still lack the right to open it.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && Path.Exists("/dev/iommu");

    /// <summary>Gets or sets a value indicating whether locked memory counts for the process (true) or for its user (false, the default).</summary>
    /// <exception cref="SystemCallException">The process may not change this, or the iommufd has objects already.</exception>
    public bool CountsLockedMemoryByProcess
    {
        get => GetOption(IommuOption.RlimitMode, objectId: 0) != 0;
        set => SetOption(IommuOption.RlimitMode, objectId: 0, value ? 1u : 0);
    }

    internal ISystemCalls Calls { get; }

    internal FileHandle File { get; }

    internal EventLoop Events { get; }

    /// <summary>Opens <c>/dev/iommu</c>.</summary>
    /// <returns>The iommufd.</returns>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    /// <exception cref="SystemCallException">The kernel has no iommufd, or the user may not open it. The message names the remedy.</exception>
    public static Iommufd Open()
    {
        Platform.ThrowIfNotLinux();
        return Open(LinuxSystemCalls.Instance);
    }

    /// <summary>Allocates an address space without mappings.</summary>
    /// <returns>The address space.</returns>
    /// <exception cref="SystemCallException">The kernel has no memory left.</exception>
    public Ioas AllocateIoas()
    {
        IoasHandle handle = new(File);
        return Allocated(handle, static (owner, handle) =>
        {
            IommuIoasAlloc argument = new() { Size = 12 };
            owner.Run(KernelRequest.IoasAlloc, ref argument);
            handle.Created(argument.OutIoasId);
            return new Ioas(owner, (IoasHandle)handle);
        });
    }

    /// <summary>Allocates a queue for the page requests of devices that are attached to page tables with this queue.</summary>
    /// <returns>The queue.</returns>
    /// <exception cref="SystemCallException">The kernel is older than Linux 6.11, or has no memory left.</exception>
    public FaultQueue AllocateFaultQueue()
    {
        FaultQueueHandle handle = new(File) { Events = new FileHandle(Calls) };
        return Allocated(handle, static (owner, handle) =>
        {
            IommuFaultAlloc argument = new() { Size = 16 };
            owner.Run(KernelRequest.FaultQueueAlloc, ref argument);
            handle.Created(argument.OutFaultId);
            handle.Events!.Take((int)argument.OutFaultFd, KernelRequest.FaultQueueAlloc.Name);
            return new FaultQueue(owner, handle);
        });
    }

    /// <summary>
    /// Opens a device for one driver: its registers (BAR 0), its interrupts, and memory that is mapped into an address space of its own. The same driver runs on an emulated
    /// machine, where <c>IommuSubsystem.OpenAsync</c> opens the function.
    /// </summary>
    /// <param name="address">The device, bound to <c>vfio-pci</c> (<see cref="VfioPci.Bind(PciAddress)"/>).</param>
    /// <returns>The device, with bus mastering disabled. Its disposal closes it.</returns>
    /// <exception cref="DirectoryNotFoundException">The machine has no such device.</exception>
    /// <exception cref="SystemCallException">The device is not bound to <c>vfio-pci</c>, or is in use, or its group is not viable. The message states the remedy.</exception>
    /// <exception cref="NotSupportedException">The registers of the device cannot be mapped.</exception>
    public IDmaDevice OpenDevice(PciAddress address) => new VfioDmaDevice(this, address);

    /// <summary>Attaches an address space of an opened device to the PASID of an id. The id stays bound until the kernel has detached the PASID.</summary>
    /// <typeparam name="TData">The data type of the id's set.</typeparam>
    /// <param name="device">The device, opened by <see cref="OpenDevice"/>.</param>
    /// <param name="space">The address space, created by the device.</param>
    /// <param name="id">The id. Its space has no more numbers than the device has PASIDs (<see cref="IDmaDevice.MaximumPasid"/>).</param>
    /// <returns>The attachment. Disposing it detaches the address space, and then ends the binding of the id.</returns>
    /// <exception cref="ArgumentException">
    /// The device was opened by another iommufd, the address space belongs to another device, or the space of the id has more numbers than the device has PASIDs. Nothing changed.
    /// </exception>
    /// <exception cref="NotSupportedException">The device has no PASIDs.</exception>
    /// <exception cref="InvalidOperationException">The PASID is attached already. Nothing changed.</exception>
    /// <exception cref="StaleIoAsidException">The id was freed. Nothing changed.</exception>
    /// <exception cref="DmaMemoryException">The kernel has no memory left for tables. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The device or the address space was disposed.</exception>
    [return: TakesOwnership]
    public IDmaAttachment AttachPasid<TData>(IDmaDevice device, IDmaAddressSpace space, IoAsidHandle<TData> id)
        where TData : class
    {
        ArgumentNullException.ThrowIfNull(device);
        return device is VfioDmaDevice own && own.IsOf(this)
            ? own.Attach(space, id)
            : throw new ArgumentException($"{device.Name} was not opened by this iommufd. Open it by OpenDevice.", nameof(device));
    }

    /// <summary>
    /// Moves the accounting of locked memory to the calling process, for a program that takes over a device from another one. Each mapping
    /// must be of a file.
    /// </summary>
    /// <exception cref="SystemCallException">A mapping is not of a file. Nothing changed.</exception>
    public void ChangeProcess()
    {
        IommuIoasChangeProcess argument = new() { Size = 8 };
        Run(KernelRequest.IoasChangeProcess, ref argument);
    }

    /// <summary>Closes the file once each object of this iommufd is disposed. Further calls do nothing.</summary>
    public void Dispose() => File.Dispose();

    internal static Iommufd Open(ISystemCalls calls) =>
        new(calls, FileHandle.Open(calls, Path.Join(calls.DeviceRoot, "iommu"), "open /dev/iommu"));

    /// <summary>Returns the object that <paramref name="allocate"/> made. If the allocation fails, the handle releases the handles that it uses.</summary>
    internal T Allocated<T>(ObjectHandle handle, Func<Iommufd, ObjectHandle, T> allocate)
    {
        try
        {
            return allocate(this, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    internal void Run<T>(in KernelRequest request, ref T argument)
        where T : unmanaged => SystemCall.Run(File, request, ref argument);

    internal ulong GetOption(uint option, uint objectId)
    {
        IommuOption argument = new() { Size = 24, OptionId = option, Op = IommuOption.Get, ObjectId = objectId };
        Run(KernelRequest.Option, ref argument);
        return argument.Val64;
    }

    internal void SetOption(uint option, uint objectId, ulong value)
    {
        IommuOption argument = new() { Size = 24, OptionId = option, Op = IommuOption.Set, ObjectId = objectId, Val64 = value };
        Run(KernelRequest.Option, ref argument);
    }

    /// <exception cref="ArgumentException">The object belongs to another iommufd.</exception>
    internal void ThrowIfForeign(Iommufd owner, object subject, string parameter)
    {
        if (owner != this)
            throw new ArgumentException($"{subject} belongs to another iommufd. Objects that work together must come from one iommufd.", parameter);
    }

    internal void Add(IommufdDevice device) => _devices[device.Number] = device;

    internal void Remove(IommufdDevice device) => _devices.TryRemove(device.Number, out _);

    internal IommufdDevice? FindDevice(uint number) => _devices.TryGetValue(number, out IommufdDevice? device) ? device : null;
}
