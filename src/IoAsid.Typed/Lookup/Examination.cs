using IoAsid.Typed.Core;

namespace IoAsid.Typed.Lookup;

/// <summary>The explanation of a number. MEMORY-ORDERING.md, beside the core, argues why the answer was true at one moment of the call.</summary>
internal static class Examination
{
    /// <summary>
    /// Returns what is known about a number, in the order of <see cref="IoAsidLookupStatus"/>: through a set, or for untyped code through
    /// all of them. Wait-free: three passes at most.
    /// </summary>
    public static IoAsidLookupStatus Examine(this IoAsidSpace space, IoAsidSet? within, uint id, out object? data)
    {
        data = null;
        if (space.IsDisposed || space.Lives.Find(id) is not { } lives)
            return IoAsidLookupStatus.NotFound;

        ref ulong word = ref lives.Word(id);
        LifeWord before = LifeWord.Read(ref word);
        while (!before.IsFree)
        {
            IoAsidSet? owner = space.Sets.Find(lives.OwnerIndex(id));
            object? seen = owner?.Table.Read(id);
            LifeWord after = LifeWord.Read(ref word);
            if (owner is null || !after.IsSameLife(before))
            {
                // The number was free at a moment in between.
                return IoAsidLookupStatus.NotFound;
            }

            if (after.HasSameStickyFlags(before))
                return Judge(within, owner, before, seen, out data);

            before = after;
        }

        return IoAsidLookupStatus.NotFound;
    }

    /// <summary>Decides from a data slot that was read after the changes that the word shows.</summary>
    private static IoAsidLookupStatus Judge(IoAsidSet? within, IoAsidSet owner, LifeWord word, object? seen, out object? data)
    {
        data = null;
        if (seen is null && !word.IsPending && !word.CanHaveNoData)
        {
            // Allocated with data that is not published yet: the allocation has not happened yet.
            return IoAsidLookupStatus.NotFound;
        }

        if (within is not null && !owner.IsWithin(within))
            return IoAsidLookupStatus.OtherSet;

        if (seen is not null)
        {
            data = seen;
            return IoAsidLookupStatus.Found;
        }

        return word.IsPending ? IoAsidLookupStatus.FreePending : IoAsidLookupStatus.NoData;
    }
}
