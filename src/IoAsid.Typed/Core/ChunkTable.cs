using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Core;

/// <summary>The chunks of a root set by number: an open hash table. Readers never wait. The pool's gate guards changes.</summary>
internal sealed class ChunkTable
{
    private const int SmallestLength = 4;

    // Golden ratio: consecutive numbers, and numbers at equal distances, get places far apart.
    private const uint Multiplier = 2_654_435_769;

    // The place of a chunk that was removed. Its first number is not a multiple of the size, so no lookup stops here.
    private static readonly DataChunk Removed = MakeRemoved();

    private volatile DataChunk?[] _chunks = [];
    private int _count;
    private int _filled;

    /// <summary>Returns the chunk of a number; null if the table has no such chunk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public DataChunk? Find(uint id)
    {
        DataChunk?[] chunks = _chunks;
        if (chunks.Length == 0)
            return null;

        uint first = id & ~(DataChunk.Size - 1u);
        for (uint at = Place(first, chunks.Length); ; at++)
        {
            DataChunk? chunk = Volatile.Read(ref At(chunks, at));
            if (chunk is null || chunk.FirstId == first)
                return chunk;
        }
    }

    /// <summary>Returns the chunk of a number, as <see cref="Find"/> does. Call inside a section of the pool, in which the table does not change.</summary>
    public DataChunk? FindInGate(uint id)
    {
        DataChunk?[] chunks = _chunks;
        return chunks.Length == 0 ? null : chunks[PlaceOf(id & ~(DataChunk.Size - 1u), chunks)];
    }

    /// <summary>Makes room for one more chunk.</summary>
    /// <exception cref="OutOfMemoryException">Nothing changed.</exception>
    public void EnsureRoom()
    {
        // Half of the places stay empty, so that a search ends soon. A table that became too long is made shorter.
        int length = _chunks.Length;
        if ((_filled + 1) * 2 > length || (length > SmallestLength && length / 16 > _count))
            Rebuild();
    }

    /// <summary>Adds a chunk that is missing and for which there is room.</summary>
    public void Add(DataChunk chunk)
    {
        _count++;
        _filled += Insert(_chunks, chunk) ? 1 : 0;
    }

    /// <summary>Removes a chunk. Cannot throw.</summary>
    public void Remove(DataChunk chunk)
    {
        DataChunk?[] chunks = _chunks;
        Volatile.Write(ref chunks[PlaceOf(chunk.FirstId, chunks)], Removed);
        if (--_count == 0)
        {
            _chunks = [];
            _filled = 0;
        }
    }

    /// <summary>Returns the place of the chunk with a first number, or the empty place at which the search for it ends.</summary>
    private static uint PlaceOf(uint first, DataChunk?[] chunks)
    {
        uint at = Place(first, chunks.Length);
        while (At(chunks, at) is { } other && other.FirstId != first)
            at++;

        return at & ((uint)chunks.Length - 1);
    }

    /// <summary>Returns the place with a number, which counts round the table. Not by an index into the array, because a reference to an element would cost a check of the array's type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref DataChunk? At(DataChunk?[] chunks, uint at) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(chunks), at & ((uint)chunks.Length - 1));

    private static uint Place(uint first, int length) => (first >> DataChunk.SizeLog2) * Multiplier >> (32 - BitOperations.Log2((uint)length));

    private static DataChunk MakeRemoved()
    {
        DataChunk removed = new();
        removed.Prepare(table: null!, firstId: 1, lives: null!);
        return removed;
    }

    /// <returns>True if the chunk filled an empty place; false if it took that of a removed one.</returns>
    private static bool Insert(DataChunk?[] chunks, DataChunk chunk)
    {
        uint at = Place(chunk.FirstId, chunks.Length);
        while (At(chunks, at) is { } other && other != Removed)
            at++;

        ref DataChunk? place = ref At(chunks, at);
        bool filled = place is null;
        Volatile.Write(ref place, chunk);
        return filled;
    }

    private void Rebuild()
    {
        FaultPoint.Allocation();
        var chunks = new DataChunk?[Math.Max(SmallestLength, (int)BitOperations.RoundUpToPowerOf2((uint)(_count + 1) * 3))];
        foreach (DataChunk? chunk in _chunks)
        {
            if (chunk is not null && chunk != Removed)
                Insert(chunks, chunk);
        }

        _chunks = chunks;
        _filled = _count;
    }
}
