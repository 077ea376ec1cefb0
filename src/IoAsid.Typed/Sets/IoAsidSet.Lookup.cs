using System.Runtime.CompilerServices;
using IoAsid.Typed.Core;

namespace IoAsid.Typed;

/// <content>Finding data. MEMORY-ORDERING.md, beside the core, argues why no race with free and re-allocation can fool it.</content>
public abstract partial class IoAsidSet
{
    /// <summary>The data of an id of this set or below it; null if there is none to be had. Wait-free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal object? Peek(uint id)
    {
        // A root's table holds data of the root's tree only: whatever stands there was live in it at this moment.
        DataPage?[] pages = OwnPages;
        uint page = id >> LifePage.SizeLog2;
        return page < (uint)pages.Length && pages[page] is { } own ? Volatile.Read(ref own.Data(id)) : PeekOwnPage(id);
    }

    /// <summary>The page of a number in this set's tree, by the fewest steps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal DataPage? PageOf(uint id)
    {
        DataPage?[] pages = Parent is null ? OwnPages : Root.OwnPages;
        uint page = id >> LifePage.SizeLog2;
        return page < (uint)pages.Length ? pages[page] : Table.Pages.Find(id);
    }

    /// <summary>The full answer of a lookup. <typeparamref name="TData"/> is the set's data type or a base of it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal IoAsidLookup<TData> Explain<TData>(RawIoAsid id)
        where TData : class
    {
        IoAsidLookupStatus status = Examine(id.Value, out object? data);
        return data is null ? new(status) : new(Unsafe.As<TData>(data));
    }

    /// <summary>What a lookup through this set says about a number. Wait-free.</summary>
    internal IoAsidLookupStatus Examine(uint id, out object? data) => Space.Examine(this, id, out data);

    /// <summary>What stands in the data column for a number, whoever has it.</summary>
    internal object? Slot(uint id) => Table.Pages.Find(id) is { } page ? Volatile.Read(ref page.Data(id)) : null;

    /// <summary>Whether an id with this entry in the set column is one of this set or below it. Valid for the life that the entry was read in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Owns(int setIndex) => setIndex == Index || IsAbove(setIndex);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsAbove(int setIndex) => Space.Sets.Find(setIndex) is { } owner && owner != this && owner.IsWithin(this);

    /// <summary>For a subset: in a page that no other set has ever used it is as good as a root.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private object? PeekOwnPage(uint id)
    {
        DataPage?[] pages = Root.OwnPages;
        uint index = id >> LifePage.SizeLog2;
        if (index < (uint)pages.Length && pages[index] is { } page)
        {
            object? data = Volatile.Read(ref page.Data(id));
            return page.IsOnlyOf(this) ? data : PeekThroughWord(id, page);
        }

        return PeekThroughTree(id);
    }

    /// <summary>For a subset in a page that others use too. Calls nothing before it is done, to stay cheap.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private object? PeekThroughWord(uint id, DataPage page)
    {
        LifePage lives = page.Lives;
        ref ulong word = ref lives.Word(id);
        LifeWord before = LifeWord.Read(ref word);
        int setIndex = Volatile.Read(ref lives.SetIndex(id));
        object? data = Volatile.Read(ref page.Data(id));

        // A free word vouches for nothing: the set index may still be the last life's. A word that is not free has its set's index before it.
        return setIndex == Index && !before.IsFree && LifeWord.Read(ref word).IsSameLife(before) ? data : PeekThroughTree(id);
    }

    /// <summary>For ids of sets below, for foreign ones, and for high numbers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private object? PeekThroughTree(uint id)
    {
        if (Table.Pages.Find(id) is not { } page)
        {
            return null;
        }

        ref ulong word = ref page.Lives.Word(id);
        LifeWord before = LifeWord.Read(ref word);
        bool owned = Owns(Volatile.Read(ref page.Lives.SetIndex(id)));
        object? data = Volatile.Read(ref page.Data(id));
        return owned && !before.IsFree && LifeWord.Read(ref word).IsSameLife(before) ? data : null;
    }
}
