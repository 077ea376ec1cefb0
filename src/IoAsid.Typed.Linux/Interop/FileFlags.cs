namespace IoAsid.Typed.Linux;

/// <summary>Constants of open, mmap, eventfd and epoll (asm-generic; the same on x86-64, Arm64 and RISC-V).</summary>
internal static class FileFlags
{
    public const int ReadWrite = 2;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x8_0000;

    public const int ProtectionRead = 1;
    public const int ProtectionWrite = 2;
    public const int MapShared = 1;
    public const int MapAnonymous = 0x20;

    public const int EpollAdd = 1;
    public const int EpollDelete = 2;
    public const int EpollModify = 3;
    public const uint EpollIn = 1;
    public const uint EpollError = 8;
    public const uint EpollHangUp = 16;
    public const uint EpollOneShot = 1u << 30;
}
