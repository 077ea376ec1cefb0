namespace IoAsid.Typed.Linux;

/// <summary>An error number of Linux, with the value it has on x86-64, Arm64 and RISC-V.</summary>
public enum Errno
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>EPERM: the operation is not permitted.</summary>
    NotPermitted = 1,

    /// <summary>ENOENT: the object, file or address range does not exist.</summary>
    NotFound = 2,

    /// <summary>EINTR: a signal interrupted the call.</summary>
    Interrupted = 4,

    /// <summary>EIO: an input or output error.</summary>
    InputOutput = 5,

    /// <summary>ENXIO: the device or address does not exist.</summary>
    NoSuchDeviceOrAddress = 6,

    /// <summary>E2BIG: the structure has a field that the kernel does not know.</summary>
    TooBig = 7,

    /// <summary>EBADF: the file descriptor is not open or of the wrong kind.</summary>
    BadFile = 9,

    /// <summary>EAGAIN: nothing is available now.</summary>
    TryAgain = 11,

    /// <summary>ENOMEM: memory or the limit on locked memory is exhausted.</summary>
    NoMemory = 12,

    /// <summary>EACCES: access is denied.</summary>
    AccessDenied = 13,

    /// <summary>EFAULT: an address is not mapped.</summary>
    BadAddress = 14,

    /// <summary>EBUSY: the object is in use.</summary>
    Busy = 16,

    /// <summary>EEXIST: the object or range exists already.</summary>
    Exists = 17,

    /// <summary>ENODEV: the device does not exist or cannot do this.</summary>
    NoDevice = 19,

    /// <summary>EINVAL: an argument is not valid.</summary>
    InvalidArgument = 22,

    /// <summary>EMFILE: the process has too many open files.</summary>
    TooManyOpenFiles = 24,

    /// <summary>ENOTTY: the kernel does not know the call.</summary>
    NoSuchCall = 25,

    /// <summary>ENOSPC: no space is left.</summary>
    NoSpace = 28,

    /// <summary>ESPIPE: the position or size of the transfer is not valid.</summary>
    InvalidSeek = 29,

    /// <summary>EDEADLK: the request cannot complete because the caller itself stands in its way.</summary>
    Deadlock = 35,

    /// <summary>EOVERFLOW: a value is too large.</summary>
    Overflow = 75,

    /// <summary>EMSGSIZE: the buffer is too small.</summary>
    MessageSize = 90,

    /// <summary>EOPNOTSUPP: the kernel or the hardware does not support this.</summary>
    NotSupported = 95,

    /// <summary>EADDRINUSE: the address is reserved by a device.</summary>
    AddressInUse = 98,

    /// <summary>ETIMEDOUT: the time-out elapsed.</summary>
    TimedOut = 110,

    /// <summary>EUCLEAN: the kernel found its own state inconsistent.</summary>
    NeedsCleaning = 117,
}
