using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Core;

/// <summary>The state words of <see cref="Size"/> numbers and the set that each belongs to.</summary>
/// <remarks>
/// Apart from the data, so that holds do not write to the cache lines that lookups through a root read. The set indexes are a column of their own, for all roots, and
/// are not read as long as all numbers are of one set. A <see cref="DataPage"/> that several sets use has a copy of its numbers' indexes, which lookups through a subset read.
/// </remarks>
internal sealed class LifePage
{
    public const int SizeLog2 = 10;
    public const int Size = 1 << SizeLog2;

    private const int Several = -2;

    private Words _words;
    private SetIndexes _setIndexes;

    // The index of the only set that has had ids in the page; 0 before the first id; Several once the column has an index for each number.
    private int _onlyIndex;

    public LifePage(IoAsidSpace space)
    {
        Space = space;
        IsTracked = space.TracksHolders;
    }

    public IoAsidSpace Space { get; }

    /// <summary>The first number of the page.</summary>
    public uint FirstId { get; private set; }

    /// <summary>The number of blocks of data of the same numbers. Guarded by the pool's gate.</summary>
    public int Blocks { get; set; }

    /// <summary>Gets a value indicating whether the space records the holders of ids.</summary>
    public bool IsTracked { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref ulong Word(uint id) => ref Unsafe.Add(ref Unsafe.As<Words, ulong>(ref _words), id & (Size - 1));

    /// <summary>Returns the index of the set that allocated the number last. Valid only together with a word that is not free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int OwnerIndex(uint id)
    {
        int only = Volatile.Read(ref _onlyIndex);
        return only != Several ? only : Volatile.Read(ref Entry(id));
    }

    /// <summary>Returns what <see cref="OwnerIndex"/> returns, by plain loads, because the caller is inside the pool's gate.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int OwnerIndexInGate(uint id) => _onlyIndex != Several ? _onlyIndex : Entry(id);

    /// <summary>Makes the set with an index the owner of a number. Call inside the pool's gate, before the life of the number begins.</summary>
    public void SetOwner(uint id, int setIndex)
    {
        if (_onlyIndex == 0)
        {
            Volatile.Write(ref _onlyIndex, setIndex);
        }
        else if (_onlyIndex != setIndex)
        {
            if (_onlyIndex != Several)
                FillColumn();

            Volatile.Write(ref Entry(id), setIndex);
        }
    }

    /// <summary>
    /// Begins a life of a free number, which no other thread can change. Call inside the pool's gate, or under the lock of the <see cref="Allocation.NumberStock"/> that has the number.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Life Begin(uint id, bool hasData, ulong flags)
    {
        ref ulong word = ref Word(id);
        // A plain number, because the compiler would keep a LifeWord on the stack here, and the next step would wait for it.
        ulong free = Volatile.Read(ref word);
        Volatile.Write(ref word, LifeWord.Begin(free, flags | (hasData ? 0 : LifeWord.MayHaveNoData)));
        return new Life(id, new LifeWord(free).Generation);
    }

    /// <summary>Prepares a new page, before another thread can see it.</summary>
    public void Prepare(uint firstId, uint firstGeneration)
    {
        FirstId = firstId;
        for (uint slot = 0; firstGeneration != 0 && slot < Size; slot++)
            Word(slot) = LifeWord.Free(firstGeneration).Bits;
    }

    /// <summary>Returns the highest generation of the page's numbers.</summary>
    public uint HighestGeneration()
    {
        uint highest = 0;
        for (uint slot = 0; slot < Size; slot++)
            highest = Math.Max(highest, new LifeWord(Word(slot)).Generation);

        return highest;
    }

    /// <summary>Releases one reference. The release of the last one reclaims the number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(uint id)
    {
        LifeWord left = new(Interlocked.Decrement(ref Word(id)));
        if (left.IsUnreferenced)
            Space.Lifecycle.Reclaim(id, this, left);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref int Entry(uint id) => ref Unsafe.Add(ref Unsafe.As<SetIndexes, int>(ref _setIndexes), id & (Size - 1));

    /// <summary>Begins to use the column, because a second set is about to allocate a number. <see cref="OwnerIndex"/> returns the same as before for each number.</summary>
    private void FillColumn()
    {
        ((Span<int>)_setIndexes).Fill(_onlyIndex);
        Volatile.Write(ref _onlyIndex, Several);
    }

    [InlineArray(Size)]
    private struct Words
    {
        private ulong _first;
    }

    [InlineArray(Size)]
    private struct SetIndexes
    {
        private int _first;
    }
}
