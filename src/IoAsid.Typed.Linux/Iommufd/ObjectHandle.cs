using System.Runtime.InteropServices;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>
/// An object of an iommufd. It refers to the handles of the objects that it uses, so the kernel destroys it before them, for every order of
/// disposal and finalization.
/// </summary>
internal class ObjectHandle : SafeHandle
{
    private readonly SafeHandle?[] _uses;
    private int _used;

    /// <summary>Creates a handle before its object, so that every object has a handle.</summary>
    /// <exception cref="ObjectDisposedException">The iommufd or one of the objects is closed.</exception>
    public ObjectHandle(FileHandle iommufd, params ReadOnlySpan<SafeHandle?> uses)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        File = iommufd;
        _uses = [iommufd, .. uses];
        try
        {
            while (_used < _uses.Length)
            {
                bool taken = false;
                _uses[_used]?.DangerousAddRef(ref taken);
                _used++;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The iommufd. It stays open as long as this handle.</summary>
    public FileHandle File { get; }

    /// <summary>The file by which the object reports events. The kernel does not destroy the object while it is open.</summary>
    public FileHandle? Events { get; init; }

    /// <summary>The number of the object. The caller holds a reference to the handle.</summary>
    public uint Id => (uint)handle;

    /// <summary>Gets a value indicating whether there is nothing to release: never, because a handle whose allocation failed has no object and still releases the handles that it uses.</summary>
    public override bool IsInvalid => false;

    public void Created(uint id) => SetHandle((nint)id);

    protected override bool ReleaseHandle()
    {
        BeforeDestroy();
        Events?.Dispose();
        bool destroyed = handle == 0 || Destroy();
        while (_used > 0)
            _uses[--_used]?.DangerousRelease();

        return destroyed;
    }

    /// <summary>Destroys the object, which exists.</summary>
    private protected virtual bool Destroy()
    {
        IommuDestroy argument = new() { Size = 8, Id = Id };
        return SystemCall.Try(File.Calls, File.Descriptor, KernelRequest.Destroy, ref argument) == Errno.None;
    }

    /// <summary>Runs before the files of the object are closed.</summary>
    private protected virtual void BeforeDestroy()
    {
    }
}
