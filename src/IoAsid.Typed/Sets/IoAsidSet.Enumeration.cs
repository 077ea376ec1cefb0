using IoAsid.Typed.Core;

namespace IoAsid.Typed;

/// <content>Going through the ids.</content>
public abstract partial class IoAsidSet
{
    /// <summary>
    /// The numbers of this set and those below it that are not reclaimed, in ascending order. A weak snapshot: ids that come or go meanwhile may or may
    /// not show; each that was there all the time shows once.
    /// </summary>
    public IEnumerable<RawIoAsid> Ids
    {
        get
        {
            foreach ((RawIoAsid id, _) in Entries<object>())
            {
                yield return id;
            }
        }
    }

    /// <summary>The ids with what a lookup finds. <typeparamref name="TData"/> is the set's data type or a base of it.</summary>
    internal IEnumerable<(RawIoAsid Id, IoAsidLookup<TData> Lookup)> Entries<TData>()
        where TData : class
    {
        foreach ((uint number, _) in Numbers())
        {
            var id = new RawIoAsid(number);
            IoAsidLookup<TData> lookup = Explain<TData>(id);
            if (lookup.Status is IoAsidLookupStatus.Found or IoAsidLookupStatus.NoData or IoAsidLookupStatus.FreePending)
            {
                yield return (id, lookup);
            }
        }
    }

    /// <summary>The ids that are freed and not reclaimed.</summary>
    internal IEnumerable<IoAsidPendingId> Pending()
    {
        foreach ((uint id, DataPage page) in Numbers())
        {
            LifeWord word = LifeWord.Read(ref page.Lives.Word(id));
            IoAsidSet? owner = Space.Sets.Find(Volatile.Read(ref page.Lives.SetIndex(id)));
            if (word.IsPending && owner is not null && owner.IsWithin(this) && LifeWord.Read(ref page.Lives.Word(id)).IsSameLife(word))
            {
                IoAsidHolder[] holders = Space.Records.Find(id, word.Generation)?.Holders() ?? [];
                yield return new IoAsidPendingId(new RawIoAsid(id), word.Generation, owner, word.References, holders);
            }
        }
    }

    /// <summary>The numbers of the root's pages that are in use, whoever has them.</summary>
    internal IEnumerable<(uint Id, DataPage Page)> Numbers()
    {
        for (uint index = 0; index < Table.Pages.PageLimit; index++)
        {
            if (Table.Pages.FindPage(index) is not { } page)
            {
                continue;
            }

            for (uint slot = 0; slot < LifePage.Size; slot++)
            {
                if (!LifeWord.Read(ref page.Lives.Word(slot)).IsFree)
                {
                    yield return (index << LifePage.SizeLog2 | slot, page);
                }
            }
        }
    }

    /// <summary>
    /// The lives of this set and those below it, each with the very set that it belongs to. Waits for allocations that stand between their last two stores.
    /// </summary>
    private IEnumerable<(IoAsidSet Owner, uint Id, uint Generation, DataPage Page)> OwnLives()
    {
        foreach ((uint id, DataPage page) in Numbers())
        {
            LifeWord word = LifeWord.Read(ref page.Lives.Word(id));
            if (OwnerOfLife(id, page, word) is { } owner)
            {
                WaitUntilPublished(id, page, word);
                yield return (owner, id, word.Generation, page);
            }
        }
    }

    /// <summary>The generation of an id that this very set allocated, whose allocation has happened and that is not freed.</summary>
    private protected bool TryGetGeneration(uint id, out uint generation)
    {
        generation = 0;
        if (Table.Pages.Find(id) is not { } page)
        {
            return false;
        }

        LifeWord word = LifeWord.Read(ref page.Lives.Word(id));
        bool own = !word.IsFree && Volatile.Read(ref page.Lives.SetIndex(id)) == Index;
        object? data = Volatile.Read(ref page.Data(id));
        generation = word.Generation;
        return own && (data is not null || word.LacksDataByRight) && LifeWord.Read(ref page.Lives.Word(id)).IsLive(generation);
    }

    /// <summary>The set of the life that the word tells of; null if it is neither this one nor below it.</summary>
    private IoAsidSet? OwnerOfLife(uint id, DataPage page, LifeWord word)
    {
        IoAsidSet? owner = Space.Sets.Find(Volatile.Read(ref page.Lives.SetIndex(id)));
        bool owned = owner is not null && owner.IsWithin(this);
        return owned && !word.IsFree && LifeWord.Read(ref page.Lives.Word(id)).IsSameLife(word) ? owner : null;
    }

    private static void WaitUntilPublished(uint id, DataPage page, LifeWord word)
    {
        var backoff = new Backoff();
        LifeWord now = word;
        while (now.IsLive(word.Generation) && !now.LacksDataByRight && Volatile.Read(ref page.Data(id)) is null)
        {
            backoff.Wait();
            now = LifeWord.Read(ref page.Lives.Word(id));
        }
    }
}
