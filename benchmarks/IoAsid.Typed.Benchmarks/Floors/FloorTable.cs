using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Benchmarks.Ratios;

namespace IoAsid.Typed.Benchmarks.Floors;

/// <summary>
/// The limit of a row: the least code that keeps the promises of an operation, on the layout of the library's tables. Each step names the promise that needs it. The
/// code has no check of its callers, no options, and no further cases than the measured ones, so no code with these promises is faster.
/// </summary>
internal sealed class FloorTable
{
    private readonly PlainBitmap _numbers = new();
    private readonly Stack<FloorPage> _spare = new();

    // A table grows while lookups read it, so a lookup reads the directory each time.
    private volatile FloorPage?[] _directory = [];
    private int _gate;
    private int _pages;

    /// <summary>
    /// Finds data through a root, in three dependent loads. Directory and page: the first id must not cost a table of the whole space, and lookups must not wait while the
    /// table grows. Data: it is removed by the free. A number beyond the directory, or without a page, finds nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Data? Find(uint number) => TryFindPage(number, out FloorPage? page) ? Volatile.Read(ref page.Slot(number)) : null;

    /// <summary>Finds data through a subset in a page that only this set has used. The user is read after the data: another set becomes a user before it stores data.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Data? FindInOwnPage(FloorSet set, uint number)
    {
        if (!TryFindPage(number, out FloorPage? page))
            return null;

        Data? data = Volatile.Read(ref page.Slot(number));
        return page.User == set ? data : null;
    }

    /// <summary>
    /// Finds data through a subset in a page of several sets. The owner decides whether the id is the set's. The data is that of the owner only if the count of changes
    /// of owners is the same before and after them. The owner is read after the data, because a change is counted before the owner is stored.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Data? FindInSharedPage(FloorSet set, uint number)
    {
        if (!TryFindPage(number, out FloorPage? page))
            return null;

        ulong before = Volatile.Read(ref page.OwnerChanges);
        Data? data = Volatile.Read(ref page.Slot(number));
        int owner = Volatile.Read(ref page.Owner(number));
        return owner == set.Index && page.OwnerChanges == before ? data : null;
    }

    /// <summary>
    /// Takes and releases a scoped hold. A locked instruction counts the hold. It exchanges the word that was read, so that it counts on a life that is not freed and has the
    /// data. Another one releases the hold. The ledger makes a copied hold release once.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HoldAndRelease(uint number)
    {
        FloorLedger ledger = FloorLedger.Current;
        if (!TryFindPage(number, out FloorPage? page))
            return false;

        ref ulong word = ref page.Lives.Word(number);
        if (!TryCount(page, number, ref word, out _))
            return false;

        ulong ticket = ledger.Latest |= 1;
        if (ledger.Latest != ticket)
            return false;

        ledger.Latest = ticket + 1;
        Release(ref word);
        return true;
    }

    /// <summary>Takes a hold as an object, for fields and other threads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FloorReference? TakeReference(uint number)
    {
        return TryFindPage(number, out FloorPage? page) && TryCount(page, number, ref page.Lives.Word(number), out Data? data)
            ? new FloorReference(page.Lives, number, data!)
            : null;
    }

    /// <summary>
    /// Allocates the lowest free number. The gate makes the choice of the number and the exact counts one step for all threads. Owner, word and data are stored in this
    /// order, so that a lookup that finds the data finds its owner.
    /// </summary>
    public FloorHandle Allocate(FloorSet set, Data data)
    {
        EnterGate();
        uint number = _numbers.Take();
        FloorPage page = _directory[number >> FloorPage.SizeLog2]!;
        ulong life = Begin(page, number, set);
        Volatile.Write(ref _gate, 0);
        Volatile.Write(ref page.Slot(number), data);
        return new(set, life | number);
    }

    /// <summary>
    /// Frees an id. One exchange of the word makes a second free, or a free by a handle of an earlier life, do nothing, and prevents holds from then on. The owner is
    /// compared, because a data race can mix the set and the life of two handles. The gate makes the number and the counts change in one step.
    /// </summary>
    public bool Free(in FloorHandle handle)
    {
        uint number = (uint)handle.Life;
        FloorPage page = _directory[number >> FloorPage.SizeLog2]!;
        ref ulong word = ref page.Lives.Word(number);
        ulong free = handle.Life & ~(ulong)uint.MaxValue;
        if (page.Lives.Owner(number) != handle.Set.Index || Interlocked.CompareExchange(ref word, free | FloorLives.Pending, free | 1) != (free | 1))
            return false;

        Volatile.Write(ref page.Slot(number), null);
        EnterGate();
        Volatile.Write(ref word, free + (1UL << FloorLives.GenerationShift));
        handle.Set.Reclaimed++;
        handle.Set.Budget.Used--;
        page.Count--;
        _numbers.Return(number);
        Volatile.Write(ref _gate, 0);
        return true;
    }

    /// <summary>Releases one reference. The last one would reclaim the number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Release(ref ulong word)
    {
        if ((Interlocked.Decrement(ref word) & FloorLives.References) == 0)
            throw new InvalidOperationException("The allocation's own reference is gone.");
    }

    /// <summary>Begins the life of a number that the caller chose, with its data, as in a page of several sets.</summary>
    public void Put(uint number, FloorSet set, Data data)
    {
        EnsurePage(number);
        FloorPage page = _directory[number >> FloorPage.SizeLog2]!;
        Begin(page, number, set);
        page.SetOwner(number, set);
        page.Slot(number) = data;
    }

    /// <summary>Makes the page of a number. Several pages are made at once, as by the library, so that they lie in memory in the same way.</summary>
    public void EnsurePage(uint number)
    {
        uint page = number >> FloorPage.SizeLog2;
        if (page >= (uint)_directory.Length)
            Grow(page);

        _directory[page] ??= TakeSpare();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryCount(FloorPage page, uint number, ref ulong word, out Data? data)
    {
        ulong seen = Volatile.Read(ref word);
        data = Volatile.Read(ref page.Slot(number));
        return data is not null && (seen & FloorLives.Pending) == 0 && Interlocked.CompareExchange(ref word, seen + 1, seen) == seen;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryFindPage(uint number, [NotNullWhen(true)] out FloorPage? page)
    {
        FloorPage?[] directory = _directory;
        uint index = number >> FloorPage.SizeLog2;
        if (index < (uint)directory.Length)
        {
            page = directory[index];
            return page is not null;
        }

        page = null;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Begin(FloorPage page, uint number, FloorSet set)
    {
        if (set.Budget.Used >= set.Budget.Limit)
            throw new InvalidOperationException("The quota is exhausted.");

        set.Budget.Used++;
        set.Allocated++;
        page.Count++;
        if (page.Lives.Owner(number) != set.Index)
            ChangeOwner(page, number, set);

        ref ulong word = ref page.Lives.Word(number);
        ulong free = word;
        Volatile.Write(ref word, free | 1);
        return free;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ChangeOwner(FloorPage page, uint number, FloorSet set)
    {
        page.User = page.OwnerChanges == 0 || page.User == set ? set : null;
        Volatile.Write(ref page.OwnerChanges, page.OwnerChanges + 1);
        page.Lives.SetOwner(number, set.Index);
        page.SetOwner(number, set);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EnterGate()
    {
        while (Interlocked.CompareExchange(ref _gate, 1, 0) != 0)
            Thread.SpinWait(1);
    }

    private void Grow(uint page)
    {
        var grown = new FloorPage?[Math.Max(page + 1, 2 * _directory.Length)];
        _directory.CopyTo(grown, 0);
        _directory = grown;
    }

    private FloorPage TakeSpare()
    {
        if (_spare.Count == 0)
        {
            FloorLives[] lives = [.. Enumerable.Range(0, Math.Clamp(_pages / 8, 1, 16)).Select(_ => new FloorLives())];
            foreach (FloorLives made in lives)
                _spare.Push(new FloorPage(made));
        }

        _pages++;
        return _spare.Pop();
    }
}
