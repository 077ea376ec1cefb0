using System.Runtime.InteropServices;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace IoAsid.Typed.Linux;

/// <summary>The system calls of the running kernel, through the C library.</summary>
internal sealed unsafe partial class LinuxSystemCalls : ISystemCalls
{
    private LinuxSystemCalls()
    {
    }

    public static LinuxSystemCalls Instance { get; } = new();

    public string SysfsRoot => "/sys";

    public string DeviceRoot => "/dev";

    public nint Open(string path, int flags) => Result(open(path, flags));

    public nint Close(int file) => Result(close(file));

    public nint Ioctl(int file, uint request, void* argument) => Result(ioctl(file, request, argument));

    public nint Read(int file, void* buffer, nuint count) => Result(read(file, buffer, count));

    public nint Write(int file, void* buffer, nuint count) => Result(write(file, buffer, count));

    public nint ReadAt(int file, void* buffer, nuint count, long offset) => Result(pread(file, buffer, count, offset));

    public nint WriteAt(int file, void* buffer, nuint count, long offset) => Result(pwrite(file, buffer, count, offset));

    public nint Map(nuint length, int protection, int flags, int file, long offset) => Result(mmap(null, length, protection, flags, file, offset));

    public nint Unmap(void* address, nuint length) => Result(munmap(address, length));

    public nint CreateEventFile(uint initial, int flags) => Result(eventfd(initial, flags));

    public nint CreateEpoll(int flags) => Result(epoll_create1(flags));

    public nint ControlEpoll(int epoll, int operation, int file, uint events, ulong data)
    {
        EpollEvent argument = new() { Events = events, Data = data };
        return Result(epoll_ctl(epoll, operation, file, &argument));
    }

    public nint WaitEpoll(int epoll, EpollEvent* events, int capacity, int timeout) => Result(epoll_wait(epoll, events, capacity, timeout));

    private static nint Result(nint result) => result == -1 ? -Marshal.GetLastSystemError() : result;

    // Result reads the error number right after the call, as the code generated for SetLastError does.
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int close(int file);

    [LibraryImport("libc")]
    private static partial int ioctl(int file, nuint request, void* argument);

    [LibraryImport("libc")]
    private static partial nint read(int file, void* buffer, nuint count);

    [LibraryImport("libc")]
    private static partial nint write(int file, void* buffer, nuint count);

    [LibraryImport("libc")]
    private static partial nint pread(int file, void* buffer, nuint count, long offset);

    [LibraryImport("libc")]
    private static partial nint pwrite(int file, void* buffer, nuint count, long offset);

    [LibraryImport("libc")]
    private static partial nint mmap(void* address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc")]
    private static partial int munmap(void* address, nuint length);

    [LibraryImport("libc")]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc")]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc")]
    private static partial int epoll_ctl(int epoll, int operation, int file, EpollEvent* argument);

    [LibraryImport("libc")]
    private static partial int epoll_wait(int epoll, EpollEvent* events, int capacity, int timeout);
}
