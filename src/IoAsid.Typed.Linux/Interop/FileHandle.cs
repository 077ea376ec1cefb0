using System.Runtime.InteropServices;

namespace IoAsid.Typed.Linux;

/// <summary>An open file of the kernel.</summary>
internal sealed class FileHandle : SafeHandle
{
    public FileHandle(ISystemCalls calls)
        : base(invalidHandleValue: -1, ownsHandle: true) => Calls = calls;

    public ISystemCalls Calls { get; }

    public override bool IsInvalid => handle < 0;

    /// <summary>The descriptor. The caller holds a reference to the handle.</summary>
    public int Descriptor => (int)handle;

    public static FileHandle Open(ISystemCalls calls, string path, string call)
    {
        // Before the call: if this fails, nothing is open.
        FileHandle result = new(calls);
        result.Take(calls.Open(path, FileFlags.ReadWrite | FileFlags.CloseOnExec), call, path);
        return result;
    }

    /// <summary>Takes over the descriptor that a call returned.</summary>
    public void Take(nint descriptor, string call, object? subject = null)
    {
        SystemCall.ThrowIfFailed(descriptor, call, subject);
        SetHandle(descriptor);
    }

    protected override bool ReleaseHandle() => Calls.Close((int)handle) >= 0;
}
