using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux;

/// <summary>An attachment of a device, or of a PASID of a device, to page tables. Disposing it detaches.</summary>
#pragma warning disable CA1063 // All derived types are here, and none has a finalizer.
public abstract class Attachment : IDisposable
#pragma warning restore CA1063
{
    private bool _kept;

    private protected Attachment(IommufdDevice device, IommufdObject target, Hwpt? hwpt)
    {
        Device = device;
        Target = target;
        Hwpt = hwpt;
        IsAttached = true;
    }

    /// <summary>The device.</summary>
    public IommufdDevice Device { get; }

    /// <summary>The attached address space or page table.</summary>
    public IommufdObject Target { get; private set; }

    /// <summary>The page table that is attached; null if an address space is.</summary>
    public Hwpt? Hwpt { get; private set; }

    /// <summary>Gets a value indicating whether the attachment still exists.</summary>
    public bool IsAttached { get; private set; }

    /// <summary>The PASID in calls of the kernel; <see cref="IommufdPasidConversion.None"/> for an attachment of the device itself.</summary>
    internal abstract Pasid KernelPasid { get; }

    /// <summary>Attaches another page table instead. No request is blocked in between. The kernel responds to the page requests of the old one.</summary>
    /// <param name="hwpt">The page table.</param>
    /// <exception cref="ArgumentException">The page table belongs to another iommufd, or PASIDs are attached and it was not allocated for PASIDs.</exception>
    /// <exception cref="ObjectDisposedException">The attachment has ended.</exception>
    /// <exception cref="SystemCallException">The kernel refused. What was attached before is attached again, unless the message says otherwise.</exception>
    public void Replace(Hwpt hwpt)
    {
        ArgumentNullException.ThrowIfNull(hwpt);
        Device.Replace(this, hwpt);
    }

    /// <summary>
    /// Detaches the device or PASID. On return, no request is in flight, and the requests that waited for a page have the response Invalid. Further calls do
    /// nothing.
    /// </summary>
    /// <exception cref="SystemCallException">The kernel refused. The attachment continues.</exception>
#pragma warning disable CA1063, CA1816 // All derived types are here, and none has a finalizer.
    public void Dispose() => Device.Detach(this);
#pragma warning restore CA1063, CA1816

    /// <summary>Keeps the handles of the device and of the page table.</summary>
    internal void Keep()
    {
        bool device = false;
        bool target = false;
        try
        {
            Device.Handle.DangerousAddRef(ref device);
            Target.Handle.DangerousAddRef(ref target);
            _kept = true;
        }
        finally
        {
            if (device && !target)
                Device.Handle.DangerousRelease();
        }
    }

    /// <summary>Notes that something else is attached. The caller holds a reference to it.</summary>
    internal void Retarget(IommufdObject target, Hwpt? hwpt)
    {
        bool taken = false;
        target.Handle.DangerousAddRef(ref taken);
        SafeHandle old = Target.Handle;
        Target = target;
        Hwpt = hwpt;
        old.DangerousRelease();
    }

    /// <summary>Returns the device and the page table.</summary>
    public abstract override string ToString();

    internal void End() => IsAttached = false;

    /// <summary>Runs once after the kernel has detached.</summary>
    internal void Release()
    {
        ReleaseHandles();
        EndRequest();
    }

    internal void ReleaseHandles()
    {
        if (_kept)
        {
            _kept = false;
            Target.Handle.DangerousRelease();
            Device.Handle.DangerousRelease();
        }
    }

    /// <summary>Begins the service of a page request of this attachment.</summary>
    internal virtual void BeginRequest()
    {
    }

    /// <summary>Ends the service of a page request of this attachment, or the attachment itself.</summary>
    internal virtual void EndRequest()
    {
    }

    internal void ThrowIfEnded() => ObjectDisposedException.ThrowIf(!IsAttached, this);
}
