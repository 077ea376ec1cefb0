using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>System calls on handles that cannot be closed meanwhile. Error numbers become exceptions.</summary>
internal static unsafe class SystemCall
{
    /// <summary>Calls a descriptor to which the caller holds a reference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Errno Try<T>(ISystemCalls calls, int descriptor, in KernelRequest request, ref T argument)
        where T : unmanaged
    {
        fixed (T* pointer = &argument)
        {
            nint result;
            do
                result = calls.Ioctl(descriptor, request.Number, pointer);
            while (result == -(nint)Errno.Interrupted);
            return result < 0 ? (Errno)(-result) : Errno.None;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<T>(ISystemCalls calls, int descriptor, in KernelRequest request, ref T argument, object? subject = null)
        where T : unmanaged
    {
        if (Try(calls, descriptor, request, ref argument) is not Errno.None and Errno error)
            Throw(-(nint)error, request.Name, subject);
    }

    public static void Run<T>(FileHandle file, in KernelRequest request, ref T argument, object? subject = null)
        where T : unmanaged
    {
        using HandleUse use = new(file);
        Run(file.Calls, file.Descriptor, request, ref argument, subject);
    }

    public static void ThrowIfFailed(nint result, string call, object? subject = null)
    {
        if (result < 0)
            Throw(result, call, subject);
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Throw(nint result, string call, object? subject) => throw new SystemCallException(call, (Errno)(-result), subject);
}

/// <summary>A reference to a handle for the time of a call.</summary>
internal readonly ref struct HandleUse : IDisposable
{
    private readonly SafeHandle? _handle;

    /// <exception cref="ObjectDisposedException">The handle is closed.</exception>
    public HandleUse(SafeHandle? handle)
    {
        bool taken = false;
        handle?.DangerousAddRef(ref taken);
        _handle = handle;
    }

    public void Dispose() => _handle?.DangerousRelease();
}
