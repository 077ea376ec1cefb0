using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Core;

/// <summary>The data of <see cref="Size"/> numbers of one root set, in a page in which the root has few ids.</summary>
/// <remarks>When the root gets more ids in the page, a <see cref="DataPage"/> takes over. The data moves one slot after the other, while other threads read and write it.</remarks>
internal sealed class DataChunk : DataBlock
{
    public const int SizeLog2 = 4;
    public const int Size = 1 << SizeLog2;

    // Marks a slot whose data is in the successor. Never leaves this class.
    private static readonly object Moved = new();

    private Slots _slots;

    public object? ReadSlot(uint id)
    {
        object? seen = Volatile.Read(ref Slot(id));
        return seen == Moved ? Volatile.Read(ref Successor!.Data(id)) : seen;
    }

    /// <summary>Writes the data of a number. The caller is the only writer of the number, so an exchange fails only if the slot was moved.</summary>
    public void WriteSlot(uint id, object? data)
    {
        ref object? slot = ref Slot(id);
        object? seen = Volatile.Read(ref slot);
        if (seen == Moved || Interlocked.CompareExchange(ref slot, data, seen) != seen)
            Volatile.Write(ref Successor!.Data(id), data);
    }

    /// <summary>Moves the use, the count and the data to a page that no lookup has found yet. Call inside a section of the pool.</summary>
    public void MoveTo(DataPage page)
    {
        HandOver(page);
        for (uint id = FirstId; id - FirstId < Size; id++)
            MoveSlot(id, page);
    }

    /// <summary>Moves one slot. Each exchange that fails has seen a write, and a number has one writer at a time.</summary>
    private void MoveSlot(uint id, DataPage page)
    {
        ref object? slot = ref Slot(id);
        object? seen = Volatile.Read(ref slot);
        while (true)
        {
            page.Data(id) = seen;
            object? found = Interlocked.CompareExchange(ref slot, Moved, seen);
            if (found == seen)
                return;

            seen = found;
        }
    }

    private ref object? Slot(uint id) => ref _slots[(int)(id & (Size - 1))];

    [InlineArray(Size)]
    private struct Slots
    {
        private object? _first;
    }
}
