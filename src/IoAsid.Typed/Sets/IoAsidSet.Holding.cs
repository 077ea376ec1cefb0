using System.Runtime.CompilerServices;
using IoAsid.Typed.Core;

namespace IoAsid.Typed;

/// <content>Taking references.</content>
public abstract partial class IoAsidSet
{
    /// <summary>
    /// Takes one reference by compare-and-exchange: the word that is exchanged carries the generation and was checked to be one of this set's
    /// ids, so a foreign id is not touched, not even for a moment. (A fetch-and-add would be a little faster, and would for a moment count on a
    /// stranger's life if the number was used again in between.)
    /// </summary>
    /// <returns>The page to release it on; null, with the reason, if there was nothing to take.</returns>
    internal LifePage? Take(uint id, bool needsData, out object? data, out IoAsidLookupStatus status, uint? generation = null)
    {
        var backoff = new Backoff();
        LifePage? lives;
        while ((lives = TryTake(id, needsData, out data, generation)) is null)
        {
            status = IsPast(id, generation) ? IoAsidLookupStatus.NotFound : Examine(id, out _);
            if (status != IoAsidLookupStatus.Found && (needsData || status != IoAsidLookupStatus.NoData))
            {
                return null;
            }

            // Either it can be had now, or a free stands between its two stores, after which it cannot.
            backoff.Wait();
        }

        status = data is null ? IoAsidLookupStatus.NoData : IoAsidLookupStatus.Found;
        return lives;
    }

    /// <summary>As above, for a private id: the life that has it, and no later one of the same number.</summary>
    private protected LifePage? Take(PrivateIoAsid privateId, bool needsData, out uint id, out object? data)
    {
        bool found = PrivateIds.TryFind(privateId, out ulong key);
        id = (uint)key;
        data = null;
        return found ? Take(id, needsData, out data, out _, (uint)(key >> 32)) : null;
    }

    /// <summary>Whether a life that is asked for is over.</summary>
    private bool IsPast(uint id, uint? generation) =>
        generation is { } asked && LifeWord.Read(ref PageOf(id)!.Lives.Word(id)).IsOver(asked);

    /// <summary>One try, without the reason.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal LifePage? TryTake(uint id, bool needsData, out object? data, uint? generation = null)
    {
        DataPage? page = PageOf(id);
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
            if (seen.IsFree || seen.IsPending || (data is null && (needsData || !seen.LacksDataByRight)) || !Owns(page, id, data)
                || (generation is { } asked && asked != seen.Generation))
            {
                data = null;
                return null;
            }

            seen.ThrowIfFull(id);
            if (seen.TryReplace(ref word, seen.Bits + 1))
            {
                return lives;
            }
        }
    }

    /// <summary>
    /// Whether the id is one of this set or below it; data in a root's own table, or in a page that no other set has used, says so by itself. Without data
    /// it may be an id of another tree, which has pages of its own.
    /// </summary>
    private bool Owns(DataPage page, uint id, object? data) =>
        (data is not null && (Parent is null || page.IsOnlyOf(this))) || Owns(Volatile.Read(ref page.Lives.SetIndex(id)));
}
