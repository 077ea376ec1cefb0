using System.Runtime.CompilerServices;
using IoAsid.Typed.Core;

namespace IoAsid.Typed.Lookup;

/// <summary>Lookups through a set. MEMORY-ORDERING.md, beside the core, argues why no race with free and re-allocation gives wrong data.</summary>
internal static class SetLookup
{
    /// <summary>Returns the data of an id of the set or below it; null without data. Wait-free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static object? Peek(this IoAsidSet set, uint id)
    {
        // A root's table has data of the root's tree only. Data that is read there was live in the tree at this moment.
        DataPage?[] pages = set.OwnPages;
        uint page = id >> LifePage.SizeLog2;
        return page < (uint)pages.Length && pages[page] is { } own ? Volatile.Read(ref own.Data(id)) : PeekOwnId(set, id);
    }

    /// <summary>Returns the block of a number in the set's tree, by the fewest steps if the block is a page; null if no set of the tree has the number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DataBlock? BlockOf(this IoAsidSet set, uint id)
    {
        DataPage?[] pages = set.Parent is null ? set.OwnPages : set.Root.OwnPages;
        uint page = id >> LifePage.SizeLog2;
        return page < (uint)pages.Length && pages[page] is { } own ? own : set.Table.Find(id);
    }

    /// <summary>Returns the full answer of a lookup. <typeparamref name="TData"/> is the set's data type or a base type.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IoAsidLookup<TData> Explain<TData>(this IoAsidSet set, RawIoAsid id)
        where TData : class
    {
        IoAsidLookupStatus status = set.Space.Examine(set, id.Value, out object? data);
        return data is null ? new(status) : new(Unsafe.As<TData>(data));
    }

    /// <summary>Tries to read the data of a life that is not freed and belongs to the set itself.</summary>
    /// <returns>True if the life is live in this set; false if it was freed or belongs to another set.</returns>
    public static bool TryReadLive(this IoAsidSet set, Life life, out object? data)
    {
        data = null;
        if (set.BlockOf(life.Id) is not { } block)
            return false;

        ref ulong word = ref block.Lives.Word(life.Id);
        bool own = LifeWord.Read(ref word).IsLive(life.Generation) && set.IsOwnerIn(block.Lives, life.Id);
        object? seen = block.Read(life.Id);
        if (!own || !LifeWord.Read(ref word).IsLive(life.Generation))
            return false;

        data = seen;
        return true;
    }

    /// <summary>Returns true if the life was freed or belongs to another set. Lookups do not find its data after this returns true.</summary>
    public static bool IsStale(this IoAsidSet set, Life life)
    {
        if (set.TryReadLive(life, out _))
            return false;

        set.WaitUntilCleared(life);
        return true;
    }

    /// <summary>Waits until the data of a freed life of the set itself is removed.</summary>
    public static void WaitUntilCleared(this IoAsidSet set, Life life)
    {
        if (set.BlockOf(life.Id) is { } block && set.IsOwnerIn(block.Lives, life.Id))
            block.WaitUntilCleared(life);
    }

    /// <summary>Makes the exception for a handle whose life is not a live one of the set itself.</summary>
    public static StaleIoAsidException Refusal(this IoAsidSet set, Life life)
    {
        set.WaitUntilCleared(life);
        LifeWord word = set.Space.Lives.WordOf(life.Id);
        RawIoAsid id = new(life.Id);
        bool retired = word.IsFree && life.Generation == uint.MaxValue;
        if (word.Generation > life.Generation || (retired && word.Generation == life.Generation))
            return StaleIoAsidException.Freed(id, life.Generation, word.Generation);

        return word.Generation == life.Generation && word.IsPending && set.Space.Lives.Find(life.Id) is { } lives && set.IsOwnerIn(lives, life.Id)
            ? StaleIoAsidException.Pending(id, life.Generation)
            : StaleIoAsidException.Mixed(id, life.Generation, word.Generation, set);
    }

    /// <summary>Returns true if an id with this set index is one of the set or below it. Valid for the life in which the index was read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Owns(this IoAsidSet set, int setIndex) => setIndex == set.Index || IsAbove(set, setIndex);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsAbove(IoAsidSet set, int setIndex) =>
        set.Space.Sets.Find(setIndex) is { } owner && owner != set && owner.IsWithin(set);

    /// <summary>
    /// Returns the data for a subset. The data is the set's own in a page that no other set has ever used, and in a page of several sets if the number's owner is this set. Makes no
    /// call in the common case, to stay cheap.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static object? PeekOwnId(IoAsidSet set, uint id)
    {
        DataPage?[] pages = set.Root.OwnPages;
        uint index = id >> LifePage.SizeLog2;
        if (index < (uint)pages.Length && pages[index] is { } page)
        {
            ulong use = page.Use;
            object? data = Volatile.Read(ref page.Data(id));
            if ((use == set.BlockKey || Volatile.Read(ref page.Owner(id)) == set.Index) && page.Use == use)
                return data;
        }

        return PeekThroughTree(set, id);
    }

    /// <summary>Returns the data for ids in chunks, for ids of sets below, for foreign ones, and for high numbers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static object? PeekThroughTree(IoAsidSet set, uint id) => set.Parent is null ? set.Table.Read(id) : PeekThroughBlock(set, id);

    private static object? PeekThroughBlock(IoAsidSet set, uint id)
    {
        if (set.Table.Find(id) is not { } block)
            return null;

        ref ulong word = ref block.Lives.Word(id);
        LifeWord before = LifeWord.Read(ref word);
        bool owned = set.Owns(block.Lives.OwnerIndex(id));
        object? data = block.Read(id);
        return owned && !before.IsFree && LifeWord.Read(ref word).IsSameLife(before) ? data : null;
    }
}
