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
    internal LifePage? Take(uint id, bool needsData, out object? data, out IoAsidLookupStatus status)
    {
        var backoff = new Backoff();
        LifePage? lives;
        while ((lives = TryTake(id, needsData, out data)) is null)
        {
            status = Examine(id, out _);
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

    /// <summary>As above, for a private id.</summary>
    private protected LifePage? Take(PrivateIoAsid privateId, bool needsData, out uint id, out object? data)
    {
        id = 0;
        data = null;
        while (PrivateIds.TryFind(privateId, out ulong key))
        {
            id = (uint)key;
            LifePage? lives = Take(id, needsData, out data, out _);
            if (lives is null)
            {
                return null;
            }

            if (LifeWord.Read(ref lives.Word(id)).Generation == (uint)(key >> 32))
            {
                return lives;
            }

            // The number came to another life of this set between the two steps; the private id tells which one now.
            lives.Release(id);
        }

        return null;
    }

    /// <summary>One try, without the reason.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal LifePage? TryTake(uint id, bool needsData, out object? data)
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
            if (seen.IsFree || seen.IsPending || (data is null && (needsData || !seen.LacksDataByRight)) || !Owns(page, id, data))
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
