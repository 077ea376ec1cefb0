using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>An object of an iommufd. The type is the kind of the object, and <see cref="Owner"/> is the iommufd that it belongs to.</summary>
/// <remarks>
/// Disposing an object destroys it in the kernel once no other object uses it. The order in which a program disposes objects does not matter.
/// </remarks>
#pragma warning disable CA1063 // All derived types are here, and none has a finalizer: the handle has one.
public abstract class IommufdObject : IDisposable
#pragma warning restore CA1063
{
    private readonly string _kind;
    private int _disposed;

    private protected IommufdObject(Iommufd owner, ObjectHandle handle, string kind)
    {
        Owner = owner;
        Handle = handle;
        _kind = kind;
        Number = handle.Id;
    }

    /// <summary>The iommufd that the object belongs to. An object of another iommufd is refused wherever two objects meet.</summary>
    public Iommufd Owner { get; }

    /// <summary>Gets a value indicating whether the object was disposed.</summary>
    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    internal ObjectHandle Handle { get; }

    /// <summary>The number by which the kernel knows the object, for messages.</summary>
    internal uint Number { get; }

    /// <summary>Destroys the object in the kernel once no other object uses it. Further calls do nothing.</summary>
#pragma warning disable CA1063, CA1816 // All derived types are here, and none has a finalizer: the handle has one.
    public void Dispose()
#pragma warning restore CA1063, CA1816
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            Close();
    }

    /// <summary>Returns the kind and the kernel's number of the object.</summary>
    public override string ToString() => $"{_kind} {Number}{(IsDisposed ? ", disposed" : "")}";

    /// <summary>Takes a reference to the object for the time of a call.</summary>
    /// <exception cref="ObjectDisposedException">The object was disposed.</exception>
    internal HandleUse Use()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return new(Handle);
    }

    /// <summary>Runs once, when the object is disposed.</summary>
    private protected virtual void Close() => Handle.Dispose();

    /// <summary>Runs a call whose structure names this object.</summary>
    private protected void Run<T>(in KernelRequest request, ref T argument)
        where T : unmanaged
    {
        using HandleUse use = Use();
        SystemCall.Run(Handle.File.Calls, Handle.File.Descriptor, request, ref argument, this);
    }
}
