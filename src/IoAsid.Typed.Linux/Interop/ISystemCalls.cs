namespace IoAsid.Typed.Linux;

/// <summary>The system calls that the library makes. Each returns its result, or the negative error number.</summary>
internal unsafe interface ISystemCalls
{
    /// <summary>The folder where sysfs is mounted.</summary>
    string SysfsRoot { get; }

    /// <summary>The folder of device files.</summary>
    string DeviceRoot { get; }

    nint Open(string path, int flags);

    nint Close(int file);

    nint Ioctl(int file, uint request, void* argument);

    nint Read(int file, void* buffer, nuint count);

    nint Write(int file, void* buffer, nuint count);

    nint ReadAt(int file, void* buffer, nuint count, long offset);

    nint WriteAt(int file, void* buffer, nuint count, long offset);

    /// <summary>Maps a file, or anonymous memory if <paramref name="file"/> is -1.</summary>
    nint Map(nuint length, int protection, int flags, int file, long offset);

    nint Unmap(void* address, nuint length);

    nint CreateEventFile(uint initial, int flags);

    nint CreateEpoll(int flags);

    nint ControlEpoll(int epoll, int operation, int file, uint events, ulong data);

    nint WaitEpoll(int epoll, EpollEvent* events, int capacity, int timeout);
}
