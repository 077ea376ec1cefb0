using IoAsid.Typed.Core;

namespace IoAsid.Typed;

/// <content>Explaining a number. MEMORY-ORDERING.md, beside the core, argues why the answer was true at one moment of the call.</content>
public sealed partial class IoAsidSpace
{
    /// <summary>What there is to say about a number, in the order of <see cref="IoAsidLookupStatus"/>; through a set, or for code that is not typed yet through
    /// all of them. Wait-free: three passes at most.</summary>
    internal IoAsidLookupStatus Examine(IoAsidSet? within, uint id, out object? data)
    {
        data = null;
        if (_disposed || Lives.Find(id) is not { } lives)
        {
            return IoAsidLookupStatus.NotFound;
        }

        ref ulong word = ref lives.Word(id);
        LifeWord before = LifeWord.Read(ref word);
        while (!before.IsFree)
        {
            IoAsidSet? owner = Sets.Find(Volatile.Read(ref lives.SetIndex(id)));
            object? seen = owner?.Slot(id);
            LifeWord after = LifeWord.Read(ref word);
            if (owner is null || !after.IsSameLife(before))
            {
                // Somewhere in between the number was free.
                return IoAsidLookupStatus.NotFound;
            }

            if (after.HasSameStickyFlags(before))
            {
                return Judge(within, owner, before, seen, out data);
            }

            before = after;
        }

        return IoAsidLookupStatus.NotFound;
    }

    /// <summary>Decides from a data slot that was read after everything the word tells had happened.</summary>
    private static IoAsidLookupStatus Judge(IoAsidSet? within, IoAsidSet owner, LifeWord word, object? seen, out object? data)
    {
        data = null;
        if (seen is null && !word.IsPending && !word.LacksDataByRight)
        {
            // Allocated with data that is not published yet: the allocation has still to happen.
            return IoAsidLookupStatus.NotFound;
        }

        if (within is not null && !owner.IsWithin(within))
        {
            return IoAsidLookupStatus.OtherSet;
        }

        if (seen is not null)
        {
            data = seen;
            return IoAsidLookupStatus.Found;
        }

        return word.IsPending ? IoAsidLookupStatus.FreePending : IoAsidLookupStatus.NoData;
    }
}
