using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Core;
using IoAsid.Typed.Lookup;

namespace IoAsid.Typed.Lifetime;

/// <summary>References that are taken through a set.</summary>
internal static class SetHolds
{
    /// <summary>
    /// Takes one reference by compare-and-exchange. The word that is exchanged carries the generation and was checked to be one of the set's
    /// ids, so an id of another set is never touched. A fetch-and-add would be a little faster, but could count on the next life of the number for
    /// a moment.
    /// </summary>
    /// <returns>The page on which to release the reference; null, with the reason, if none was taken.</returns>
    public static LifePage? Take(this IoAsidSet set, uint id, bool needsData, out object? data, out IoAsidLookupStatus status, uint? generation = null)
    {
        Backoff backoff = new();
        LifePage? lives;
        while ((lives = set.TryTake(id, needsData, out data, generation)) is null)
        {
            status = set.IsPast(id, generation) ? IoAsidLookupStatus.NotFound : set.Space.Examine(set, id, out _);
            if (status != IoAsidLookupStatus.Found && (needsData || status != IoAsidLookupStatus.NoData))
                return null;

            // Either the id can be held now, or a free is between its two stores, after which the id cannot be held.
            backoff.Wait();
        }

        status = data is null ? IoAsidLookupStatus.NoData : IoAsidLookupStatus.Found;
        return lives;
    }

    /// <summary>Takes one reference to the life that has a private id, never to a later life of the same number.</summary>
    public static LifePage? Take(this IoAsidSet set, PrivateIoAsid privateId, bool needsData, out uint id, out object? data)
    {
        bool found = set.PrivateIds.TryFind(privateId, out Life life);
        id = life.Id;
        data = null;
        return found ? set.Take(life.Id, needsData, out data, out _, life.Generation) : null;
    }

    /// <summary>Tries to find the data page and the life page of a number, for <see cref="TryTakeAtOnce"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryFindPages(this IoAsidSet set, uint id, [NotNullWhen(true)] out DataPage? page, [NotNullWhen(true)] out LifePage? lives)
    {
        DataPage?[] pages = set.Root.OwnPages;
        uint index = id >> LifePage.SizeLog2;
        if (index < (uint)pages.Length && pages[index] is { } found)
        {
            page = found;
            lives = found.Lives;
            return true;
        }

        page = null;
        lives = null;
        return false;
    }

    /// <summary>
    /// Tries to take a reference once, in the short way. The id must have data, and be one of the set's <see cref="ShortHolds"/>. Makes no call, which would force values onto the stack.
    /// </summary>
    /// <param name="set">The set.</param>
    /// <param name="page">The data page that <see cref="TryFindPages"/> found.</param>
    /// <param name="lives">The life page that was found with it.</param>
    /// <param name="id">The number.</param>
    /// <param name="data">The data, if a reference was taken.</param>
    /// <returns>True if a reference was taken; false if <see cref="Take(IoAsidSet, uint, bool, out object?, out IoAsidLookupStatus, uint?)"/> has to decide.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryTakeAtOnce(this IoAsidSet set, DataPage page, LifePage lives, uint id, [NotNullWhen(true)] out object? data)
    {
        ref ulong word = ref lives.Word(id);
        LifeWord seen = LifeWord.Read(ref word);
        data = Volatile.Read(ref page.Data(id));
        return data is not null && seen.CanTakeOneMore && (set.ShortHolds == ShortHolds.AllIds || (set.ShortHolds == ShortHolds.OwnIds && set.IsOwnerIn(lives, id)))
            && seen.TryReplace(ref word, seen.Bits + 1);
    }

    /// <summary>Tries once to take a reference. Gives no reason for a failure.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LifePage? TryTake(this IoAsidSet set, uint id, bool needsData, out object? data, uint? generation = null)
    {
        DataBlock? block = set.BlockOf(id);
        if (block is null)
        {
            data = null;
            return null;
        }

        LifePage lives = block.Lives;
        ref ulong word = ref lives.Word(id);
        while (true)
        {
            LifeWord seen = LifeWord.Read(ref word);
            data = block.Read(id);
            if (seen.IsFree || seen.IsPending || (data is null && (needsData || !seen.CanHaveNoData)) || !set.Owns(block, id, data)
                || (generation is { } asked && asked != seen.Generation))
            {
                data = null;
                return null;
            }

            seen.ThrowIfFull(id);
            if (seen.TryReplace(ref word, seen.Bits + 1))
                return lives;
        }
    }

    /// <summary>Returns true if a requested life is over.</summary>
    private static bool IsPast(this IoAsidSet set, uint id, uint? generation) =>
        generation is { } asked && (set.BlockOf(id) is not { } block || LifeWord.Read(ref block.Lives.Word(id)).IsOver(asked));

    /// <summary>
    /// Returns true if the id belongs to the set or to one below it. Data in a root's own table, or in a block that no other set has used, proves it. Without data
    /// the id may belong to another tree, which has blocks of its own.
    /// </summary>
    private static bool Owns(this IoAsidSet set, DataBlock block, uint id, object? data) =>
        (data is not null && (set.Parent is null || block.IsOnlyOf(set))) || set.Owns(block.Lives.OwnerIndex(id));
}
