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
        if (Parent is not null)
        {
            return PeekOwn(id);
        }

        // A root's table holds data of the root's tree only: whatever stands there was live in it at this moment.
        DataPage? page = Table.Pages.Find(id);
        return page is null ? null : Volatile.Read(ref page.Data(id));
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

    private object? PeekOwn(uint id)
    {
        DataPage? page = Table.Pages.Find(id);
        if (page is null)
        {
            return null;
        }

        LifePage lives = page.Lives;
        LifeWord before = LifeWord.Read(ref lives.Word(id));
        int setIndex = Volatile.Read(ref lives.SetIndex(id));
        object? data = Volatile.Read(ref page.Data(id));

        // A free word vouches for nothing: the set column may still be the last life's. A word that is not free has its set's entry before it.
        return !before.IsFree && Owns(setIndex) && LifeWord.Read(ref lives.Word(id)).IsSameLife(before) ? data : null;
    }
}
