using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Linux;

/// <summary>
/// <c>struct epoll_event</c>. It is packed on x86-64 only (<c>EPOLL_PACKED</c> in eventpoll.h), so the position of its data depends on the
/// processor.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct EpollEvent
{
    [FieldOffset(0)]
    public uint Events;

    [FieldOffset(4)]
    private uint _first;

    [FieldOffset(8)]
    private uint _second;

    [FieldOffset(12)]
    private uint _third;

    /// <summary>Bytes of an element of the array that the kernel fills.</summary>
    public static int Stride => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    public ulong Data
    {
        readonly get => Stride == 12 ? _first | (ulong)_second << 32 : _second | (ulong)_third << 32;
        set
        {
            (uint low, uint high) = ((uint)value, (uint)(value >> 32));
            (_first, _second, _third) = Stride == 12 ? (low, high, 0u) : (0u, low, high);
        }
    }

    /// <summary>Returns element <paramref name="index"/> of the array that the kernel filled.</summary>
    public static unsafe EpollEvent At(void* events, int index)
    {
        EpollEvent result = default;
        Unsafe.CopyBlockUnaligned(&result, (byte*)events + index * Stride, (uint)Stride);
        return result;
    }
}
