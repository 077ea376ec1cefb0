using IoAsid.Typed.Allocation;
using IoAsid.Typed.Sets;

namespace IoAsid.Typed;

/// <content>The tree of sets. One lock, held for changes of the tree only.</content>
public sealed partial class IoAsidSpace
{
    internal delegate IoAsidSet<TData> SetFactory<TData>(IoAsidSpace space, IoAsidSet? parent, SetDescription description, Budget budget)
        where TData : class;

    internal IoAsidSet<TData> Create<TData>(IoAsidSet? parent, SetDescription description, SetFactory<TData> make)
        where TData : class
    {
        lock (_tree)
        {
            ThrowIfDisposed();
            if (parent is { IsClosed: true })
            {
                throw new InvalidOperationException($"The set '{parent}' is closed; it takes no subsets any more.");
            }

            ThrowIfOwned<TData>(parent, description.Owner);
            Budget above = parent?.Budget ?? Pool.Capacity;
            Budget budget = description.Quota is { } quota ? Reserve(above, quota, description.Name) : above;
            try
            {
                _roots.EnsureCapacity(_roots.Count + 1);
                IoAsidSet<TData> made = make(this, parent, description, budget);
                made.Attach(Sets);
                if (parent is null)
                {
                    _roots.Add(made);
                }

                return made;
            }
            catch
            {
                GiveBack(above, description.Quota ?? 0);
                throw;
            }
        }
    }

    internal IoAsidSet? FindOwned(IoAsidSet? parent, object owner, Type dataType)
    {
        ArgumentNullException.ThrowIfNull(owner);
        lock (_tree)
        {
            return FindOwnedLocked(parent, owner, dataType);
        }
    }

    internal IoAsidSet[] Roots()
    {
        lock (_tree)
        {
            return [.. _roots];
        }
    }

    internal void Close(IoAsidSet set)
    {
        lock (_tree)
        {
            CloseSubtree(set);
            DetachIfEmpty(set);
        }
    }

    /// <summary>Takes a closed set out of the tree when its last id is gone.</summary>
    internal void DetachClosed(IoAsidSet set)
    {
        lock (_tree)
        {
            DetachIfEmpty(set);
        }
    }

    internal IoAsidSetStatistics StatisticsOf(IoAsidSet set)
    {
        lock (_tree)
        {
            using (Pool.Enter())
            {
                return Statistics(set);
            }
        }
    }

    private static IoAsidSetStatistics Statistics(IoAsidSet set)
    {
        var own = new IoAsidSetStatistics(set);
        foreach (IoAsidSet child in set.Children)
        {
            own = own.With(Statistics(child));
        }

        return own;
    }

    private void CloseSubtree(IoAsidSet set)
    {
        foreach (IoAsidSet child in set.Children.ToArray())
        {
            CloseSubtree(child);
        }

        if (!set.IsClosed)
        {
            using (Pool.Enter())
            {
                set.MarkClosed();
            }
        }

        foreach (IoAsidSet child in set.Children.ToArray())
        {
            DetachIfEmpty(child);
        }
    }

    private void DetachIfEmpty(IoAsidSet set)
    {
        bool empty;
        using (Pool.Enter())
        {
            empty = set.Held == 0;
        }

        if (!set.IsClosed || !empty || set.Children.Count > 0 || set.Index == 0)
        {
            return;
        }

        set.Detach(Sets);
        if (set.Parent is { } parent)
        {
            DetachIfEmpty(parent);
        }
        else
        {
            _roots.Remove(set);
        }
    }

    private IoAsidSet? FindOwnedLocked(IoAsidSet? parent, object owner, Type dataType)
    {
        IReadOnlyList<IoAsidSet> siblings = parent?.Children ?? _roots;
        foreach (IoAsidSet set in siblings)
        {
            if (set.HasOwnOwner && ReferenceEquals(set.Owner, owner) && set.DataType == dataType && !set.IsClosed)
            {
                return set;
            }
        }

        return null;
    }

    private void ThrowIfOwned<TData>(IoAsidSet? parent, object? owner)
    {
        if (owner is not null && FindOwnedLocked(parent, owner, typeof(TData)) is { } existing)
        {
            throw new ArgumentException($"The owner has the open set '{existing}' here already; find it with {(parent is null ? "TryFindSet" : "TryFindSubset")}, or close it first.", nameof(owner));
        }
    }

    private Budget Reserve(Budget above, uint quota, string name)
    {
        Grant(above, quota, $"The set '{name}'");
        return new Budget(above, quota);
    }

    private void GiveBack(Budget budget, long count)
    {
        using (Pool.Enter())
        {
            budget.TakeBack(count);
        }
    }

    private void Grant(Budget budget, long count, string what)
    {
        long available;
        using (Pool.Enter())
        {
            if (budget.TryGrant(count))
            {
                return;
            }

            available = budget.Available;
        }

        throw new IoAsidQuotaException(what, count, available);
    }
}
