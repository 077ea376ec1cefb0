using IoAsid.Typed.Emulation;

namespace IoAsid.Typed.Benchmarks.Emulation;

/// <summary>The frames of emulated memory, which are taken in ascending order.</summary>
internal sealed class Frames(SparseMemory memory, ulong first)
{
    public const int PageShift = 12;
    public const ulong PageSize = 1UL << PageShift;

    private ulong _next = first;

    public SparseMemory Memory => memory;

    public ulong Take(ulong size = PageSize)
    {
        ulong frame = (_next + size - 1) & ~(size - 1);
        _next = frame + size;
        return frame;
    }

    public void Write(ulong address, params ReadOnlySpan<ulong> words)
    {
        for (int word = 0; word < words.Length; word++)
        {
            if (!memory.TryWriteUInt64(address + (ulong)word * 8, words[word]))
                throw new InvalidOperationException($"The machine of the benchmark has no memory at 0x{address:X}.");
        }
    }

    public ulong Read(ulong address) => memory.TryReadUInt64(address, out ulong value) ? value : 0;
}
