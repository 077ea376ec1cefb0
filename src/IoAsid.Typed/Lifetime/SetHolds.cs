using System.Runtime.CompilerServices;
using IoAsid.Typed.Core;
using IoAsid.Typed.Lookup;

namespace IoAsid.Typed.Lifetime;

/// <summary>Taking references through a set.</summary>
internal static class SetHolds
{
    /// <summary>
    /// Takes one reference by compare-and-exchange: the word that is exchanged carries the generation and was checked to be one of the set's
    /// ids, so a foreign id is not touched, not even for a moment. (A fetch-and-add would be a little faster, and would for a moment count on a
    /// stranger's life if the number was used again in between.)
    /// </summary>
    /// <returns>The page to release it on; null, with the reason, if there was nothing to take.</returns>
    public static LifePage? Take(this IoAsidSet set, uint id, bool needsData, out object? data, out IoAsidLookupStatus status, uint? generation = null)
    {
        Backoff backoff = new();
        LifePage? lives;
        while ((lives = set.TryTake(id, needsData, out data, generation)) is null)
        {
            status = set.IsPast(id, generation) ? IoAsidLookupStatus.NotFound : set.Space.Examine(set, id, out _);
            if (status != IoAsidLookupStatus.Found && (needsData || status != IoAsidLookupStatus.NoData))
                return null;

            // Either the id can be held now, or a free stands between its two stores, after which it cannot.
            backoff.Wait();
        }

        status = data is null ? IoAsidLookupStatus.NoData : IoAsidLookupStatus.Found;
        return lives;
    }

    /// <summary>Takes one reference to the life that has a private id, and to no later one of the same number.</summary>
    public static LifePage? Take(this IoAsidSet set, PrivateIoAsid privateId, bool needsData, out uint id, out object? data)
    {
        bool found = set.PrivateIds.TryFind(privateId, out Life life);
        id = life.Id;
        data = null;
        return found ? set.Take(life.Id, needsData, out data, out _, life.Generation) : null;
    }

    /// <summary>Tries once to take a reference, without the reason of a failure.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LifePage? TryTake(this IoAsidSet set, uint id, bool needsData, out object? data, uint? generation = null)
    {
        DataPage? page = set.PageOf(id);
        if (page is null)
        {
            data = null;
            return null;
        }

        LifePage lives = page.Lives;
        ref ulong word = ref lives.Word(id);
        while (true)
        {
            LifeWord seen = LifeWord.Read(ref word);
            data = Volatile.Read(ref page.Data(id));
            if (seen.IsFree || seen.IsPending || (data is null && (needsData || !seen.CanHaveNoData)) || !set.Owns(page, id, data)
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

    /// <summary>Returns true if a life that is asked for is over.</summary>
    private static bool IsPast(this IoAsidSet set, uint id, uint? generation) =>
        generation is { } asked && LifeWord.Read(ref set.PageOf(id)!.Lives.Word(id)).IsOver(asked);

    /// <summary>
    /// Returns true if the id is one of the set or below it. Data in a root's own table, or in a page that no other set has used, proves it. Without data
    /// it may be an id of another tree, which has pages of its own.
    /// </summary>
    private static bool Owns(this IoAsidSet set, DataPage page, uint id, object? data) =>
        (data is not null && (set.Parent is null || page.IsOnlyOf(set))) || set.Owns(Volatile.Read(ref page.Lives.SetIndex(id)));
}
