using System.Collections;

namespace IoAsid.Typed.Sets;

/// <summary>
/// The roots of a space or the sets directly below a set, in order of creation. Linked through the sets, so that the cost of joining and leaving does not depend on the
/// number of siblings. Guarded by the lock of the <see cref="SetTree"/>.
/// </summary>
internal sealed class SetList : IEnumerable<IoAsidSet>
{
    public IoAsidSet? First { get; private set; }

    public IoAsidSet? Last { get; private set; }

    public void Add(IoAsidSet set)
    {
        set.Previous = Last;
        if (Last is null)
            First = set;
        else
            Last.Next = set;

        Last = set;
    }

    public void Remove(IoAsidSet set)
    {
        if (set.Previous is { } previous)
            previous.Next = set.Next;
        else
            First = set.Next;

        if (set.Next is { } next)
            next.Previous = set.Previous;
        else
            Last = set.Previous;

        set.Previous = set.Next = null;
    }

    public IEnumerator<IoAsidSet> GetEnumerator()
    {
        for (IoAsidSet? at = First; at is not null; at = at.Next)
            yield return at;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
