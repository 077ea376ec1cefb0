using System.Runtime.InteropServices;

namespace IoAsid.Typed.Linux;

/// <summary>A range of this process's addresses, made by mmap. Registers of a device keep the device open.</summary>
internal sealed unsafe class MemoryHandle(ISystemCalls calls) : SafeHandle(invalidHandleValue: 0, ownsHandle: true)
{
    private SafeHandle? _keep;

    public long Length { get; private set; }

    /// <summary>The first byte. The caller holds a reference to the handle.</summary>
    public byte* Start => (byte*)handle;

    public override bool IsInvalid => handle == 0;

    /// <summary>Maps anonymous memory, or with a handle to keep, a part of the file with this descriptor.</summary>
    public void Map(nuint length, int flags, SafeHandle? keep = null, int file = -1, long offset = 0)
    {
        bool taken = false;
        try
        {
            keep?.DangerousAddRef(ref taken);
            nint address = calls.Map(length, FileFlags.ProtectionRead | FileFlags.ProtectionWrite, flags, file, offset);
            SystemCall.ThrowIfFailed(address is < 0 and >= -4095 ? address : 0, "mmap");
            Length = (long)length;
            _keep = keep;
            SetHandle(address);
            taken = false;
        }
        finally
        {
            if (taken)
                keep!.DangerousRelease();
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">The range does not lie in the memory.</exception>
    public Span<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length, nameof(offset));
        return new Span<byte>(Start + offset, length);
    }

    protected override bool ReleaseHandle()
    {
        bool unmapped = calls.Unmap(Start, (nuint)Length) >= 0;
        _keep?.DangerousRelease();
        return unmapped;
    }
}
