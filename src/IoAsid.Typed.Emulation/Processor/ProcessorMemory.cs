using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>Memory as processors see it. Hardware steps can run before each access, and between two words of a longer access.</summary>
internal sealed class ProcessorMemory(ProcessorBus bus, SparseMemory memory) : IPhysicalMemory
{
    private const int Word = sizeof(ulong);

    public bool TryRead(ulong address, Span<byte> destination)
    {
        bus.BeforeAccess();
        int first = FirstPiece(address, destination.Length);
        if (!memory.TryRead(address, destination[..first]))
            return false;
        if (first == destination.Length)
            return true;
        bus.BeforeAccess();
        return memory.TryRead(address + (ulong)first, destination[first..]);
    }

    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        bus.BeforeAccess();
        int first = FirstPiece(address, source.Length);
        // The first piece is not written if there is no memory for the second.
        if (first != source.Length && !memory.IsRam(address, source.Length) || !memory.TryWrite(address, source[..first]))
            return false;
        if (first != source.Length)
        {
            bus.BeforeAccess();
            memory.TryWrite(address + (ulong)first, source[first..]);
        }

        bus.NotifyWritten(address, source.Length);
        return true;
    }

    public bool TryReadUInt32(ulong address, out uint value)
    {
        bus.BeforeAccess();
        return memory.TryReadUInt32(address, out value);
    }

    public bool TryWriteUInt32(ulong address, uint value)
    {
        bus.BeforeAccess();
        return NotifyIfWritten(memory.TryWriteUInt32(address, value), address, sizeof(uint));
    }

    public bool TryReadUInt64(ulong address, out ulong value)
    {
        bus.BeforeAccess();
        return memory.TryReadUInt64(address, out value);
    }

    public bool TryWriteUInt64(ulong address, ulong value)
    {
        bus.BeforeAccess();
        return NotifyIfWritten(memory.TryWriteUInt64(address, value), address, Word);
    }

    public bool TryCompareExchange(ulong address, ulong expected, ulong value, out ulong found)
    {
        bus.BeforeAccess();
        bool there = memory.TryCompareExchange(address, expected, value, out found);
        if (there && found == expected)
            bus.NotifyWritten(address, Word);
        return there;
    }

    private bool NotifyIfWritten(bool written, ulong address, int length)
    {
        if (written)
            bus.NotifyWritten(address, length);
        return written;
    }

    // One split is enough, because its position varies from access to access. Aligned words stay whole.
    private int FirstPiece(ulong address, int length)
    {
        int words = length / Word;
        if (!bus.IsInterruptible || words < 2)
            return length;
        int toBoundary = (int)(address & (Word - 1));
        return Word * (1 + bus.SplitPoint(words - 1)) - toBoundary;
    }
}
