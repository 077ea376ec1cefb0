using IoAsid.Typed.Core;

namespace IoAsid.Typed.Sets;

/// <summary>The sets of a space by index. The four bytes of an index identify the set of an id. An index is used again after its set is closed and empty.</summary>
internal sealed class SetTable
{
    private const int SmallestLength = 4;

    private readonly Stack<int> _unused = new();
    private volatile IoAsidSet?[] _sets = new IoAsidSet?[SmallestLength];
    private int _next = 1;

    /// <summary>Returns the set with an index that was read from a <see cref="LifePage"/>; null if the set has left the tree.</summary>
    public IoAsidSet? Find(int index)
    {
        IoAsidSet?[] sets = _sets;
        return (uint)index < (uint)sets.Length ? Volatile.Read(ref sets[index]) : null;
    }

    /// <summary>Assigns an index to a set. Call under the lock on the tree. A failure leaves the table unchanged.</summary>
    public int Add(IoAsidSet set)
    {
        FaultPoint.Allocation();
        int index = _unused.Count > 0 ? _unused.Peek() : _next;
        IoAsidSet?[] sets = _sets;
        if (index >= sets.Length)
            Array.Resize(ref sets, sets.Length * 2);

        _unused.EnsureCapacity(_next);
        Volatile.Write(ref sets[index], set);
        _sets = sets;
        _next += _unused.TryPop(out _) ? 0 : 1;
        return index;
    }

    /// <summary>Frees an index that no id has and that its set no longer shows. Call under the lock on the tree.</summary>
    public void Remove(int index)
    {
        _sets[index] = null;
        _unused.Push(index);
    }
}
