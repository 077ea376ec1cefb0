using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>A device that is bound to an iommufd. Without an attachment, the IOMMU blocks each of its requests.</summary>
/// <remarks>
/// Safe to use from any thread. Disposing the device ends its attachments, those of PASIDs first, and then gives the device back.
/// </remarks>
public abstract class IommufdDevice : IommufdObject
{
    // Locks are taken in this order: _operations, the lock of a fault queue.
    private readonly object _operations = new();
    private readonly ConcurrentDictionary<Pasid, Attachment> _attachments = []; // PASID 0 stands for the device itself. Changed under _operations, and read without a lock.
    private HardwareInfo? _hardware;

    private protected IommufdDevice(Iommufd owner, ObjectHandle handle, string kind)
        : base(owner, handle, kind) => owner.Add(this);

    /// <summary>The capabilities of the IOMMU in front of the device.</summary>
    /// <exception cref="SystemCallException">The driver of the IOMMU reports nothing.</exception>
    public HardwareInfo Hardware => _hardware ??= ReadHardwareInfo();

    /// <summary>
    /// Returns options for a space whose ids can be attached to this device. For several devices, take the options of the one with the fewest
    /// PASIDs.
    /// </summary>
    /// <param name="name">The name of the space in metrics, events and messages.</param>
    /// <returns>The options. Number 0 is reserved: the kernel uses it for requests without PASID.</returns>
    /// <exception cref="NotSupportedException">The device has no PASIDs.</exception>
    public IoAsidSpaceOptions CreateSpaceOptions(string name = "pasid")
    {
        ThrowIfNoPasids();
        return new() { Name = name, Capacity = Hardware.PasidCapacity };
    }

    /// <summary>Allocates a page table that the kernel fills with the mappings of an address space.</summary>
    /// <param name="ioas">The address space.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <returns>The page table. Any device behind the same IOMMU can be attached to it.</returns>
    /// <exception cref="ArgumentException">An object belongs to another iommufd.</exception>
    /// <exception cref="NotSupportedException">The options require PASIDs, which the device does not have.</exception>
    /// <exception cref="SystemCallException">The IOMMU does not support the options.</exception>
    public PagingHwpt AllocateHwpt(Ioas ioas, HwptOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(ioas);
        options ??= new();
        Owner.ThrowIfForeign(ioas.Owner, ioas, nameof(ioas));
        ThrowIfForeign(options.FaultQueue);
        if (options.TakesPasids)
            ThrowIfNoPasids();

        uint flags = (options.TakesPasids ? IommuHwptAlloc.Pasid : 0) | (options.RequiresDirtyTracking ? IommuHwptAlloc.DirtyTracking : 0);
#pragma warning disable CA2000 // Allocated disposes the handle if it fails.
        ObjectHandle handle = new(Owner.File, ioas.Handle, options.FaultQueue?.Handle);
#pragma warning restore CA2000
        return Owner.Allocated(handle, (owner, handle) =>
        {
            handle.Created(Hwpt.Allocate(this, ioas, flags, options.FaultQueue, IommuHwptAlloc.DataNone, []));
            return new PagingHwpt(ioas, handle, options.TakesPasids, options.FaultQueue);
        });
    }

    /// <summary>Allocates a second-stage page table over which nested page tables can be made.</summary>
    /// <param name="ioas">The address space: a guest's memory.</param>
    /// <param name="takesPasids">True if PASIDs are to be attached to the table itself.</param>
    /// <returns>The page table.</returns>
    /// <exception cref="ArgumentException">The address space belongs to another iommufd.</exception>
    /// <exception cref="SystemCallException">The IOMMU does not support nesting.</exception>
    public NestParentHwpt AllocateNestParent(Ioas ioas, bool takesPasids = false)
    {
        ArgumentNullException.ThrowIfNull(ioas);
        Owner.ThrowIfForeign(ioas.Owner, ioas, nameof(ioas));
#pragma warning disable CA2000 // Allocated disposes the handle if it fails.
        ObjectHandle handle = new(Owner.File, ioas.Handle);
#pragma warning restore CA2000
        return Owner.Allocated(handle, (owner, handle) =>
        {
            uint flags = IommuHwptAlloc.NestParent | (takesPasids ? IommuHwptAlloc.Pasid : 0);
            handle.Created(Hwpt.Allocate(this, ioas, flags, faultQueue: null, IommuHwptAlloc.DataNone, []));
            return new NestParentHwpt(ioas, handle, takesPasids);
        });
    }

    /// <summary>Allocates a nested page table over a guest's first-stage table in VT-d format.</summary>
    /// <param name="parent">The second stage.</param>
    /// <param name="table">The guest's table.</param>
    /// <returns>The page table. It has no fault queue and takes no PASIDs.</returns>
    /// <exception cref="ArgumentException">The parent belongs to another iommufd.</exception>
    /// <exception cref="SystemCallException">The IOMMU does not support nesting, or not this table.</exception>
    public NestedHwpt AllocateNestedHwpt(NestParentHwpt parent, VtdFirstStage table) => AllocateNestedHwpt(parent, table, faultQueue: null, takesPasids: false);

    /// <summary>Allocates a nested page table over a guest's first-stage table in VT-d format.</summary>
    /// <param name="parent">The second stage.</param>
    /// <param name="table">The guest's table.</param>
    /// <param name="faultQueue">The queue for page requests; null if an access to an unmapped page is an error.</param>
    /// <param name="takesPasids">True if PASIDs are to be attached to the table.</param>
    /// <returns>The page table.</returns>
    /// <exception cref="ArgumentException">An object belongs to another iommufd.</exception>
    /// <exception cref="SystemCallException">The IOMMU does not support nesting, or not this table.</exception>
    public NestedHwpt AllocateNestedHwpt(NestParentHwpt parent, VtdFirstStage table, FaultQueue? faultQueue, bool takesPasids)
    {
        IommuHwptVtdS1 data = table.Encode();
        return AllocateNestedHwpt(parent, IommuHwptAlloc.DataVtdS1, MemoryMarshal.AsBytes(new ReadOnlySpan<IommuHwptVtdS1>(in data)), faultQueue, takesPasids);
    }

    /// <summary>Allocates a nested page table in the format of an IOMMU driver.</summary>
    /// <param name="parent">The second stage.</param>
    /// <param name="dataType">The kernel's number of the format (<c>enum iommu_hwpt_data_type</c>).</param>
    /// <param name="data">The table in that format.</param>
    /// <param name="faultQueue">The queue for page requests; null if an access to an unmapped page is an error.</param>
    /// <param name="takesPasids">True if PASIDs are to be attached to the table.</param>
    /// <returns>The page table.</returns>
    /// <exception cref="ArgumentException">An object belongs to another iommufd.</exception>
    /// <exception cref="SystemCallException">The IOMMU does not support nesting, or not this table.</exception>
    public NestedHwpt AllocateNestedHwpt(
        NestParentHwpt parent, uint dataType, ReadOnlySpan<byte> data, FaultQueue? faultQueue, bool takesPasids)
    {
        ArgumentNullException.ThrowIfNull(parent);
        Owner.ThrowIfForeign(parent.Owner, parent, nameof(parent));
        return AllocateNested(parent, dataType, data, faultQueue, takesPasids);
    }

    /// <summary>Allocates a virtual IOMMU for a guest.</summary>
    /// <param name="parent">The second stage: the guest's memory.</param>
    /// <param name="type">The kernel's number of the type (<c>enum iommu_viommu_type</c>).</param>
    /// <param name="data">Data of the type, which the kernel reads and writes; empty if it has none.</param>
    /// <returns>The virtual IOMMU.</returns>
    /// <exception cref="ArgumentException">The parent belongs to another iommufd.</exception>
    /// <exception cref="SystemCallException">The IOMMU driver has no virtual IOMMU of this type.</exception>
    public unsafe Viommu AllocateViommu(NestParentHwpt parent, uint type, Span<byte> data)
    {
        ArgumentNullException.ThrowIfNull(parent);
        Owner.ThrowIfForeign(parent.Owner, parent, nameof(parent));
        ObjectHandle handle = new(Owner.File, parent.Handle);
        try
        {
            using HandleUse use = Use();
            using HandleUse parentUse = parent.Use();
            fixed (byte* pointer = data)
            {
                IommuViommuAlloc argument = new()
                {
                    Size = 40, Type = type, DevId = Number, HwptId = parent.Handle.Id, DataLen = (uint)data.Length, DataUptr = (ulong)pointer,
                };
                Owner.Run(KernelRequest.ViommuAlloc, ref argument);
                handle.Created(argument.OutViommuId);
                return new(Owner, handle);
            }
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Attaches the device to an address space. The kernel makes the page tables.</summary>
    /// <param name="ioas">The address space.</param>
    /// <returns>The attachment.</returns>
    /// <exception cref="ArgumentException">The address space belongs to another iommufd.</exception>
    /// <exception cref="InvalidOperationException">The device is attached already, or has PASIDs attached. Nothing changed.</exception>
    /// <exception cref="SystemCallException">The kernel refused. The device is detached.</exception>
    [return: TakesOwnership]
    public DeviceAttachment Attach(Ioas ioas)
    {
        ArgumentNullException.ThrowIfNull(ioas);
        return AttachWithoutPasid(ioas, hwpt: null);
    }

    /// <summary>Attaches the device to a page table.</summary>
    /// <param name="hwpt">The page table.</param>
    /// <returns>The attachment.</returns>
    /// <exception cref="ArgumentException">The page table belongs to another iommufd.</exception>
    /// <exception cref="InvalidOperationException">The device is attached already, or has PASIDs attached and the table takes none. Nothing changed.</exception>
    /// <exception cref="SystemCallException">The kernel refused. The device is detached.</exception>
    [return: TakesOwnership]
    public DeviceAttachment Attach(Hwpt hwpt)
    {
        ArgumentNullException.ThrowIfNull(hwpt);
        return AttachWithoutPasid(hwpt, hwpt);
    }

    /// <summary>Attaches a PASID of the device to a page table. The attachment binds the id until the kernel has detached it.</summary>
    /// <typeparam name="TData">The data type of the id's set.</typeparam>
    /// <param name="id">The id.</param>
    /// <param name="hwpt">The page table. An address space cannot be attached to a PASID.</param>
    /// <returns>The attachment.</returns>
    /// <exception cref="ArgumentException">
    /// The page table belongs to another iommufd or was not allocated for PASIDs, or the space of the id has more numbers than the device.
    /// </exception>
    /// <exception cref="NotSupportedException">The device has no PASIDs. The kernel would report success and do nothing.</exception>
    /// <exception cref="InvalidOperationException">The PASID is attached already, or the device itself is attached to a table without PASIDs.</exception>
    /// <exception cref="StaleIoAsidException">The id was freed.</exception>
    /// <exception cref="SystemCallException">The kernel refused. The binding has ended.</exception>
    [return: TakesOwnership]
    public IommufdPasidAttachment Attach<TData>(IoAsidHandle<TData> id, Hwpt hwpt)
        where TData : class
    {
        ArgumentNullException.ThrowIfNull(hwpt);
        ThrowIfUnfit(id.Id, id.Set.Space);
        ThrowIfUnfitForPasids(hwpt);
        return AttachPasid(id.Id.ToPasid(), () => new IommufdPasidAttachment(this, hwpt, id.Set.Space, id.Bind(this)));
    }

    /// <summary>Attaches a PASID that belongs to no id. The caller has checked its range.</summary>
    internal PasidNumberAttachment Attach(Pasid pasid, Hwpt hwpt)
    {
        ThrowIfUnfitForPasids(hwpt);
        return AttachPasid(pasid, () => new PasidNumberAttachment(this, hwpt, pasid));
    }

    /// <summary>Allocates a nested page table. The caller has checked that the parent belongs to this iommufd.</summary>
    internal NestedHwpt AllocateNested(IommufdObject parent, uint dataType, ReadOnlySpan<byte> data, FaultQueue? faultQueue, bool takesPasids)
    {
        ThrowIfForeign(faultQueue);
        ObjectHandle handle = new(Owner.File, parent.Handle, faultQueue?.Handle);
        try
        {
            handle.Created(Hwpt.Allocate(this, parent, takesPasids ? IommuHwptAlloc.Pasid : 0, faultQueue, dataType, data));
            return new(Owner, handle, takesPasids, faultQueue);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Asks the kernel to attach a page table to a PASID, or with PASID 0 to the device, instead of the present one.</summary>
    internal abstract Errno KernelAttach(uint pageTable, Pasid pasid);

    /// <summary>Asks the kernel to detach a PASID, or with PASID 0 the device. On return, nothing of it is under way.</summary>
    internal abstract Errno KernelDetach(Pasid pasid);

    /// <summary>Returns the attachment of a PASID, or of the device for PASID 0.</summary>
    internal Attachment? FindAttachment(Pasid pasid) => _attachments.TryGetValue(pasid, out Attachment? attachment) ? attachment : null;

    /// <summary>Ends an attachment.</summary>
    internal void Detach(Attachment attachment)
    {
        lock (_operations)
        {
            if (!attachment.IsAttached)
                return;

            Errno error = AskToDetach(attachment);
            if (error != Errno.None)
                throw new SystemCallException(KernelRequest.DeviceDetachIommufdPt.Name, error, attachment.ToString());

            Forget(attachment);
        }

        attachment.Release();
    }

    /// <summary>Attaches another page table in place of the present one of an attachment.</summary>
    internal void Replace(Attachment attachment, Hwpt hwpt)
    {
        Owner.ThrowIfForeign(hwpt.Owner, hwpt, nameof(hwpt));
        SystemCallException failure;
        lock (_operations)
        {
            using HandleUse use = Use();
            using HandleUse hwptUse = hwpt.Use();
            attachment.ThrowIfEnded();
            if (attachment.KernelPasid != IommufdPasidConversion.None || _attachments.Count > 1)
                ThrowIfUnfitForPasids(hwpt);

            Errno error = attachment.Hwpt?.FaultQueue is { } queue
                ? queue.Detach(attachment, (device, attachment) => device.KernelAttach(hwpt.Handle.Id, attachment.KernelPasid))
                : KernelAttach(hwpt.Handle.Id, attachment.KernelPasid);
            if (error == Errno.None)
            {
                attachment.Retarget(hwpt, hwpt);
                return;
            }

            failure = Recover(attachment, error, $"{hwpt} in place of {attachment.Target}");
        }

        if (!attachment.IsAttached)
            attachment.Release();

        throw failure;
    }

    private protected override void Close()
    {
        Attachment[] attachments;
        lock (_operations)
        {
            // Those of PASIDs first. New ones cannot come: the device counts as disposed already.
            attachments = [.. _attachments.Values.OrderByDescending(attachment => attachment.KernelPasid)];
        }

        List<Attachment> left = [];
        foreach (Attachment attachment in attachments)
        {
            try
            {
                attachment.Dispose();
            }
            catch (SystemCallException)
            {
                left.Add(attachment);
            }
        }

        Owner.Remove(this);
        left.ForEach(Forget);
        left.ForEach(attachment => attachment.ReleaseHandles());
        base.Close();
        if (Handle.IsClosed)
        {
            // The kernel has detached them with the file. As long as something keeps the file, their numbers stay bound.
            left.ForEach(attachment => attachment.EndRequest());
        }
    }

    private T AttachPasid<T>(Pasid pasid, Func<T> create)
        where T : Attachment
    {
        T attachment;
        Exception? failure;
        lock (_operations)
        {
            using HandleUse use = Use();
            if (_attachments.ContainsKey(pasid))
                throw new InvalidOperationException($"PASID {pasid} of {this} is attached already. Replace the page table of its attachment instead.");

            if (_attachments.TryGetValue(IommufdPasidConversion.None, out Attachment? device) && device.Hwpt is not { TakesPasids: true })
            {
                throw new InvalidOperationException(
                    $"{this} is attached to {device.Target}, which was not allocated for PASIDs. Attach it to an HWPT with TakesPasids first.");
            }

            attachment = create();
            failure = Start(attachment);
        }

        ThrowIfFailed(attachment, failure);
        return attachment;
    }

    private DeviceAttachment AttachWithoutPasid(IommufdObject target, Hwpt? hwpt)
    {
        Owner.ThrowIfForeign(target.Owner, target, nameof(target));
        DeviceAttachment attachment;
        Exception? failure;
        lock (_operations)
        {
            using HandleUse use = Use();
            if (_attachments.ContainsKey(IommufdPasidConversion.None))
                throw new InvalidOperationException($"{this} is attached already. Dispose or replace its attachment instead.");

            if (!_attachments.IsEmpty && hwpt is not { TakesPasids: true })
                throw new InvalidOperationException($"{this} has PASIDs attached, but {target} was not allocated for PASIDs. Use an HWPT with TakesPasids.");

            attachment = new(this, target, hwpt);
            failure = Start(attachment);
        }

        ThrowIfFailed(attachment, failure);
        return attachment;
    }

    /// <summary>Ends a failed attachment and throws its failure. Call outside the locks, because the end of a binding notifies observers.</summary>
    private static void ThrowIfFailed(Attachment attachment, Exception? failure)
    {
        if (failure is not null)
        {
            attachment.Release();
            throw failure;
        }
    }

    /// <summary>Attaches the page table of an attachment. Its page requests can arrive before the call returns.</summary>
    /// <returns>Null, or the reason why nothing is attached.</returns>
    private Exception? Start(Attachment attachment)
    {
        try
        {
            using HandleUse use = attachment.Target.Use();
            attachment.Keep();
            _attachments[attachment.KernelPasid] = attachment;

            Errno error = KernelAttach(attachment.Target.Handle.Id, attachment.KernelPasid);
            if (error == Errno.None)
                return null;

            string subject = attachment.ToString();
            Abandon(attachment);
            return new SystemCallException(KernelRequest.DeviceAttachIommufdPt.Name, error, subject);
        }
        catch (ObjectDisposedException exception)
        {
            attachment.End();
            return exception;
        }
    }

    /// <summary>
    /// Detaches after a failed attach. The kernel leaves the device blocked, and its record has the previous page table, so another attach of that table
    /// would do nothing.
    /// </summary>
    private void Abandon(Attachment attachment)
    {
        _ = AskToDetach(attachment);
        Forget(attachment);
    }

    private Errno AskToDetach(Attachment attachment) =>
        attachment.Hwpt?.FaultQueue is { } queue
            ? queue.Detach(attachment, static (device, attachment) => device.KernelDetach(attachment.KernelPasid))
            : KernelDetach(attachment.KernelPasid);

    /// <summary>Restores the previous attachment after a failed replacement, by a detach and an attach.</summary>
    private SystemCallException Recover(Attachment attachment, Errno error, string subject)
    {
        string name = KernelRequest.DeviceAttachIommufdPt.Name;
        if (AskToDetach(attachment) == Errno.None && KernelAttach(attachment.Target.Handle.Id, attachment.KernelPasid) != Errno.None)
        {
            Forget(attachment);
            return new SystemCallException(name, error, $"{subject}, and of {attachment.Target} again: {this} is detached");
        }

        return new SystemCallException(name, error, subject);
    }

    private void Forget(Attachment attachment)
    {
        attachment.End();
        _attachments.TryRemove(attachment.KernelPasid, out _);
    }

    private void ThrowIfForeign(FaultQueue? queue)
    {
        if (queue is not null)
            Owner.ThrowIfForeign(queue.Owner, queue, nameof(queue));
    }

    private void ThrowIfUnfit(RawIoAsid id, IoAsidSpace space)
    {
        ThrowIfNoPasids();
        if (id.Value == IommufdPasidConversion.None.Value)
            throw new ArgumentException("The kernel uses number 0 for requests without PASID. Reserve it in the space, as is the default.", nameof(id));

        if (space.Capacity > Hardware.PasidCapacity)
        {
            throw new ArgumentException(
                $"The space '{space.Name}' has {space.Capacity} numbers, but {this} has {Hardware.PasidCapacity} PASIDs. Create the space with CreateSpaceOptions.",
                nameof(id));
        }
    }

    private void ThrowIfUnfitForPasids(Hwpt hwpt)
    {
        Owner.ThrowIfForeign(hwpt.Owner, hwpt, nameof(hwpt));
        if (!hwpt.TakesPasids)
            throw new ArgumentException($"{hwpt} was not allocated for PASIDs. Allocate it with TakesPasids.", nameof(hwpt));
    }

    /// <exception cref="NotSupportedException">The device has no PASIDs.</exception>
    internal void ThrowIfNoPasids()
    {
        if (Hardware.PasidBits == 0)
        {
            throw new NotSupportedException(
                $"{this} has no PASIDs: its PASID capability, or the support of its IOMMU, is missing or switched off. The kernel would report success and attach nothing.");
        }
    }

    private unsafe HardwareInfo ReadHardwareInfo()
    {
        using HandleUse use = Use();
        byte[] data = new byte[64];
        fixed (byte* pointer = data)
        {
            IommuHwInfo argument = new() { Size = 40, DevId = Number, DataLen = (uint)data.Length, DataUptr = (ulong)pointer };
            SystemCall.Run(Owner.Calls, Owner.File.Descriptor, KernelRequest.GetHwInfo, ref argument, this);
            return new()
            {
                Kind = (IommuKind)argument.OutDataType,
                PasidBits = argument.OutMaxPasidLog2,
                Capabilities = (IommuCapabilities)argument.OutCapabilities,
                Data = data.AsMemory(0, Math.Min(data.Length, (int)argument.DataLen)),
            };
        }
    }
}
