using System.Numerics;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Core;
using IoAsid.Typed.Lookup;

namespace IoAsid.Typed.Allocation;

/// <summary>
/// Free numbers that a set has taken in advance, in a space with relaxed order. An allocation that finds a number here, and a free that finds room, wait for no other set.
/// The numbers are taken from the pool, charged to the set and counted in their blocks.
/// </summary>
/// <remarks>
/// The stock's lock guards its members and the words of lives that begin or end here. It is entered inside the pool's gate, never the reverse. A closed stock is
/// empty, and only a section of the pool opens it. So counts are exact in a section that has closed the stocks.
/// </remarks>
internal sealed class NumberStock
{
    private const int Size = 64;
    private const int NumbersPerCacheLine = 16;

    private readonly IoAsidSet _set;
    private SpinGate _gate = new();
    private volatile bool _isOpen;
    private volatile int _count;
    private ulong _allocated;
    private ulong _reclaimed;
    private Numbers _numbers;

    public NumberStock(IoAsidSet set)
    {
        _set = set;
        Place = new LinkedListNode<NumberStock>(this);
    }

    /// <summary>The place among the open stocks of the pool.</summary>
    public LinkedListNode<NumberStock> Place { get; }

    /// <summary>The budget to which the numbers are charged.</summary>
    public Budget Budget => _set.Budget;

    /// <summary>The number of free numbers. Without the lock, it is out of date as soon as it is read.</summary>
    public int Count => _count;

    /// <summary>Tries to begin the life of a number of the stock.</summary>
    /// <returns>The block of the number; null, with nothing changed, if the pool has to decide.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public DataBlock? TryBegin(uint min, uint max, bool hasData, out Life life)
    {
        life = default;
        if (_count == 0)
            return null;

        DataBlock? block = null;
        _gate.Enter();
        if (_count > 0 && _numbers[_count - 1] is var number && number >= min && number <= max)
        {
            _count--;
            _allocated++;
            block = _set.BlockOf(number)!;
            life = block.Lives.Begin(number, hasData, flags: 0);
        }

        _gate.Exit();
        return block;
    }

    /// <summary>Tries to advance the word of a reusable number and to keep the number. Cannot throw.</summary>
    /// <returns>True if the number is in the stock; false, with nothing changed, if the pool has to take it back.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReturn(uint number, ref ulong word, LifeWord next)
    {
        if (!_isOpen)
            return false;

        _gate.Enter();
        bool kept = _isOpen && _count < Size;
        if (kept)
        {
            Volatile.Write(ref word, next.Bits);
            _numbers[_count++] = number;
            _reclaimed++;
        }

        _gate.Exit();
        return kept;
    }

    /// <summary>
    /// Adds the free numbers near a number of the set, and opens the stock. The lowest of them is taken first. Call inside a section of the pool, while the set is open and the
    /// space has no custom allocator. Cannot throw.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Refill(NumberPool pool, uint number)
    {
        DataBlock block = _set.BlockOf(number)!;
        _gate.Enter();
        int room = (int)Math.Min(Size - _count, pool.RoomForStock(_set));
        ulong taken = pool.TakeNear(_set, number, block is DataPage ? Size : DataChunk.Size, room);
        if (taken != 0 && !_isOpen)
        {
            _isOpen = true;
            pool.OpenStocks.AddLast(Place);
        }

        for (ulong left = taken; left != 0; left ^= 1UL << BitOperations.Log2(left))
            Add(block, (number & ~(Size - 1u)) | (uint)BitOperations.Log2(left));

        _gate.Exit();
    }

    /// <summary>Returns the older half of the numbers to the pool, so that the set's next frees find room. Call inside a section of the pool. Cannot throw.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Halve(NumberPool pool)
    {
        _gate.Enter();
        ReturnOldest(pool, _count / 2);
        _gate.Exit();
    }

    /// <summary>Returns all numbers to the pool and the counts to the set. Call inside a section of the pool. Cannot throw.</summary>
    public void Close(NumberPool pool)
    {
        _gate.Enter();
        if (_isOpen)
        {
            _isOpen = false;
            pool.OpenStocks.Remove(Place);
            ReturnOldest(pool, _count);
            _set.AllocatedCount += _allocated;
            _set.ReclaimedCount += _reclaimed;
            _set.ChargedAhead -= (long)(_allocated - _reclaimed);
            _allocated = 0;
            _reclaimed = 0;
        }

        _gate.Exit();
    }

    private void Add(DataBlock block, uint number)
    {
        block.Retain();
        block.SetOwner(number, _set.Index);
        _numbers[_count++] = number;
    }

    private void ReturnOldest(NumberPool pool, int count)
    {
        for (int place = 0; place < count; place++)
            pool.PutBack(_numbers[place], _set, _set.BlockOf(_numbers[place])!);

        Span<uint> numbers = _numbers;
        numbers[count.._count].CopyTo(numbers);
        _count -= count;
    }

    /// <summary>The numbers, and a cache line that keeps them out of the one in which the next stock in memory begins.</summary>
    [InlineArray(Size + NumbersPerCacheLine)]
    private struct Numbers
    {
        private uint _first;
    }
}
