using System.Runtime.CompilerServices;
using IoAsid.Typed.Allocation;
using IoAsid.Typed.Core;

namespace IoAsid.Typed.Sets;

/// <summary>The tree of sets of one space. Walks over it are iterative, because a tree may be as deep as memory allows.</summary>
/// <remarks>The lock guards the shape of the tree, the owners and the closing of sets. The pool's gate is entered inside it, never the reverse.</remarks>
internal sealed class SetTree(IoAsidSpace space)
{
    private readonly UninterruptedLock _lock = new();
    private readonly SetList _roots = new();

    // The open set of each owner that brought its own token, by parent (the space for roots), owner and data type.
    private readonly Dictionary<OwnedPlace, IoAsidSet> _owned = new(OwnedPlace.Comparer);
    private bool _closed;

    public delegate IoAsidSet<TData> SetFactory<TData>(IoAsidSpace space, IoAsidSet? parent, SetDescription description, Budget budget)
        where TData : class;

    public IoAsidSet<TData> Create<TData>(IoAsidSet? parent, SetDescription description, SetFactory<TData> make)
        where TData : class
    {
        using (_lock.Enter())
        {
            ThrowIfClosed(parent);
            OwnedPlace place = new((object?)parent ?? space, description.Owner ?? space, typeof(TData));
            ThrowIfOwned(place, parent, description.Owner);
            Budget above = parent?.Budget ?? space.Pool.Capacity;
            Budget budget = description.Quota is { } quota ? Reserve(above, quota, description.Name) : above;
            try
            {
                FaultPoint.Allocation();
                IoAsidSet<TData> made = make(space, parent, description, budget);
                _owned.EnsureCapacity(_owned.Count + 1);
                made.Join(space.Sets, Siblings(parent));
                if (made.HasOwnOwner)
                    _owned.Add(place, made);

                return made;
            }
            catch
            {
                space.Pool.GiveBack(above, description.Quota ?? 0);
                throw;
            }
        }
    }

    public IoAsidSet? FindOwned(IoAsidSet? parent, object owner, Type dataType)
    {
        ArgumentNullException.ThrowIfNull(owner);
        using (_lock.Enter())
            return _owned.GetValueOrDefault(new OwnedPlace((object?)parent ?? space, owner, dataType));
    }

    public IoAsidSet[] Roots()
    {
        using (_lock.Enter())
            return [.. _roots];
    }

    /// <summary>Closes the tree: it refuses new roots.</summary>
    public void Close()
    {
        using (_lock.Enter())
            _closed = true;
    }

    /// <summary>Closes a set and all below it, the lowest first.</summary>
    public void Close(IoAsidSet set)
    {
        using (_lock.Enter())
        {
            IoAsidSet? next = Lowest(set);
            while (next is not null)
            {
                IoAsidSet at = next;
                next = at == set ? null : at.Next is { } sibling ? Lowest(sibling) : at.Parent;
                CloseOne(at);
                TryRemove(at);
            }

            RemoveEmpty(set.Parent);
        }
    }

    /// <summary>Removes a closed set from the tree if it has no ids.</summary>
    public void RemoveIfEmpty(IoAsidSet set)
    {
        using (_lock.Enter())
            RemoveEmpty(set);
    }

    public IoAsidSetStatistics StatisticsOf(IoAsidSet set)
    {
        using (_lock.Enter())
        {
            IoAsidSetStatistics counts;
            using (space.Pool.EnterWithoutStocks(set.Budget))
                counts = new IoAsidSetStatistics(set);

            // A section for each set, because allocations and frees of the whole space wait for the gate.
            for (IoAsidSet? at = NextBelow(set, set); at is not null; at = NextBelow(at, set))
            {
                using (space.Pool.Enter())
                {
                    at.Stock?.Close(space.Pool);
                    counts.Add(at);
                }
            }

            return counts;
        }
    }

    /// <summary>Returns the pages in which a set or one below it has ids, or had some.</summary>
    public PageSet PagesOf(IoAsidSet set)
    {
        PageSet pages = new();
        using (_lock.Enter())
        {
            for (IoAsidSet? at = set; at is not null; at = NextBelow(at, set))
                pages.UnionWith(at.Pages);
        }

        return pages;
    }

    private static IoAsidSet Lowest(IoAsidSet set)
    {
        IoAsidSet at = set;
        while (at.Children.First is { } child)
            at = child;

        return at;
    }

    /// <summary>Returns the set after this one in a walk through a subtree, each parent before its children.</summary>
    private static IoAsidSet? NextBelow(IoAsidSet at, IoAsidSet top)
    {
        if (at.Children.First is { } child)
            return child;

        IoAsidSet up = at;
        while (up != top && up.Next is null)
            up = up.Parent!;

        return up == top ? null : up.Next;
    }

    private SetList Siblings(IoAsidSet? parent) => parent?.Children ?? _roots;

    private void CloseOne(IoAsidSet set)
    {
        if (set.IsClosed)
            return;

        using (space.Pool.Enter())
            set.MarkClosed();

        if (set.HasOwnOwner)
            _owned.Remove(new OwnedPlace((object?)set.Parent ?? space, set.Owner!, set.DataType));
    }

    /// <summary>Removes a closed and empty set, then each ancestor that is closed and has become empty.</summary>
    private void RemoveEmpty(IoAsidSet? set)
    {
        IoAsidSet? at = set;
        while (at is not null && TryRemove(at))
            at = at.Parent;
    }

    private bool TryRemove(IoAsidSet set)
    {
        if (!set.IsClosed || set.Children.First is not null || set.Index == IoAsidSet.NoIndex || !IsEmpty(set))
            return false;

        set.Leave(space.Sets, Siblings(set.Parent));
        return true;
    }

    private bool IsEmpty(IoAsidSet set)
    {
        using (space.Pool.Enter())
            return set.Unreclaimed == 0;
    }

    private void ThrowIfClosed(IoAsidSet? parent)
    {
        ObjectDisposedException.ThrowIf(_closed, space);
        if (parent is { IsClosed: true })
            throw new InvalidOperationException($"The set '{parent}' is closed and takes no subsets. Make them below an open set.");
    }

    private void ThrowIfOwned(OwnedPlace place, IoAsidSet? parent, object? owner)
    {
        if (owner is not null && _owned.TryGetValue(place, out IoAsidSet? existing))
        {
            throw new ArgumentException(
                $"The owner has the open set '{existing}' here already; find it with {(parent is null ? "TryFindSet" : "TryFindSubset")}, or close it first.",
                nameof(owner));
        }
    }

    private Budget Reserve(Budget above, uint quota, string name)
    {
        FaultPoint.Allocation();
        Budget reserved = new(above, quota);
        space.Pool.Grant(above, quota, $"The set '{name}'");
        return reserved;
    }

    /// <summary>The key of an owned set: at most one open set exists below a parent, for an owner, with a data type.</summary>
    private readonly record struct OwnedPlace(object Parent, object Owner, Type DataType)
    {
        public static readonly IEqualityComparer<OwnedPlace> Comparer = EqualityComparer<OwnedPlace>.Create(
            static (left, right) => ReferenceEquals(left.Owner, right.Owner) && ReferenceEquals(left.Parent, right.Parent) && left.DataType == right.DataType,
            static place => HashCode.Combine(
                RuntimeHelpers.GetHashCode(place.Owner), RuntimeHelpers.GetHashCode(place.Parent), place.DataType));
    }
}
