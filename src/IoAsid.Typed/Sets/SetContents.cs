using IoAsid.Typed.Core;
using IoAsid.Typed.Lookup;

namespace IoAsid.Typed.Sets;

/// <summary>Enumerations of the ids of a set and of those below it.</summary>
internal static class SetContents
{
    /// <summary>Enumerates the ids with their lookups. <typeparamref name="TData"/> is the set's data type or a base type.</summary>
    public static IEnumerable<(RawIoAsid Id, IoAsidLookup<TData> Lookup)> Entries<TData>(this IoAsidSet set)
        where TData : class
    {
        foreach ((uint number, _) in set.Numbers())
        {
            RawIoAsid id = new(number);
            IoAsidLookup<TData> lookup = set.Explain<TData>(id);
            if (lookup.Status is IoAsidLookupStatus.Found or IoAsidLookupStatus.NoData or IoAsidLookupStatus.FreePending)
                yield return (id, lookup);
        }
    }

    /// <summary>Enumerates the ids that are freed and not reclaimed.</summary>
    public static IEnumerable<IoAsidPendingId> Pending(this IoAsidSet set)
    {
        foreach ((uint id, LifePage lives) in set.Numbers())
        {
            LifeWord word = LifeWord.Read(ref lives.Word(id));
            if (word.IsPending && set.OwnerOfLife(id, lives, word) is { } owner)
            {
                IoAsidHolder[] holders = set.Space.Records.Find(new Life(id, word.Generation))?.Holders() ?? [];
                yield return new IoAsidPendingId(new RawIoAsid(id), word.Generation, owner, word.References, holders);
            }
        }
    }

    /// <summary>
    /// Enumerates the lives of the set and of those below it, each with the set that allocated it. Waits for allocations between their last two stores.
    /// </summary>
    public static IEnumerable<(IoAsidSet Owner, Life Life)> OwnLives(this IoAsidSet set)
    {
        foreach ((uint id, LifePage lives) in set.Numbers())
        {
            LifeWord word = LifeWord.Read(ref lives.Word(id));
            if (set.OwnerOfLife(id, lives, word) is { } owner)
            {
                set.WaitUntilPublished(id, lives, word);
                yield return (owner, new Life(id, word.Generation));
            }
        }
    }

    /// <summary>Tries to get the life of an id that the set itself allocated, whose allocation has happened and that is not freed.</summary>
    public static bool TryGetLife(this IoAsidSet set, uint id, out Life life)
    {
        life = default;
        if (set.BlockOf(id) is not { } block)
            return false;

        LifePage lives = block.Lives;
        LifeWord word = LifeWord.Read(ref lives.Word(id));
        bool own = !word.IsFree && set.IsOwnerIn(lives, id);
        object? data = block.Read(id);
        life = new Life(id, word.Generation);
        return own && (data is not null || word.CanHaveNoData) && LifeWord.Read(ref lives.Word(id)).IsLive(word.Generation);
    }

    /// <summary>Enumerates the numbers of all sets in use on the pages of the set and of those below it.</summary>
    private static IEnumerable<(uint Id, LifePage Lives)> Numbers(this IoAsidSet set)
    {
        foreach (uint index in set.Space.Tree.PagesOf(set).InOrder())
        {
            // A page without ids may have been removed.
            LifePage? lives = set.Space.Lives.FindPage(index);
            for (uint slot = 0; lives is not null && slot < LifePage.Size; slot++)
            {
                if (!LifeWord.Read(ref lives.Word(slot)).IsFree)
                    yield return (index << LifePage.SizeLog2 | slot, lives);
            }
        }
    }

    /// <summary>Returns the set of the life that the word describes; null if it is neither this one nor below it.</summary>
    private static IoAsidSet? OwnerOfLife(this IoAsidSet set, uint id, LifePage lives, LifeWord word)
    {
        IoAsidSet? owner = set.Space.Sets.Find(lives.OwnerIndex(id));
        bool owned = owner is not null && owner.IsWithin(set);
        return owned && !word.IsFree && LifeWord.Read(ref lives.Word(id)).IsSameLife(word) ? owner : null;
    }

    private static void WaitUntilPublished(this IoAsidSet set, uint id, LifePage lives, LifeWord word)
    {
        Backoff backoff = new();
        LifeWord now = word;
        while (now.IsLive(word.Generation) && !now.CanHaveNoData && set.Table.Read(id) is null)
        {
            backoff.Wait();
            now = LifeWord.Read(ref lives.Word(id));
        }
    }
}
