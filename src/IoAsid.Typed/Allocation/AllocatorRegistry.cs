using IoAsid.Typed.Core;

namespace IoAsid.Typed.Allocation;

/// <summary>The custom allocators of a space, in groups of one number space. The group registered first is active. Without groups the space chooses the numbers.</summary>
/// <remarks>The lock guards the groups and their members. The active group changes only while no id is outstanding.</remarks>
internal sealed class AllocatorRegistry(IoAsidSpace space)
{
    private readonly UninterruptedLock _lock = new();
    private readonly List<AllocatorGroup> _groups = [];

    public void Register(IoAsidNumberAllocator allocator)
    {
        ArgumentNullException.ThrowIfNull(allocator);
        object numberSpace = allocator.NumberSpace
            ?? throw new ArgumentException("The allocator's NumberSpace is null; give it an object, its own or one to share.", nameof(allocator));
        using (_lock.Enter())
        {
            if (_groups.Exists(group => group.Contains(allocator)))
                throw new ArgumentException($"This allocator is registered with the space '{space.Name}' already.", nameof(allocator));

            if (_groups.Find(group => ReferenceEquals(group.NumberSpace, numberSpace)) is { } shared)
            {
                shared.Add(allocator);
                return;
            }

            FaultPoint.Allocation();
            AllocatorGroup added = new(space, allocator, numberSpace);
            _groups.EnsureCapacity(_groups.Count + 1);
            if (_groups.Count == 0)
                Activate(added, "Register the first custom allocator");

            _groups.Add(added);
        }
    }

    public void Unregister(IoAsidNumberAllocator allocator)
    {
        ArgumentNullException.ThrowIfNull(allocator);
        using (_lock.Enter())
        {
            AllocatorGroup group = _groups.Find(group => group.Contains(allocator))
                ?? throw new ArgumentException($"This allocator is not registered with the space '{space.Name}'.", nameof(allocator));
            if (group.Count == 1)
                RemoveGroup(group);
            else
                group.Remove(allocator);
        }
    }

    private void RemoveGroup(AllocatorGroup group)
    {
        if (group == space.Pool.Allocator)
            Activate(_groups.Find(other => other != group), "Unregister the last allocator of its number space");

        _groups.Remove(group);
    }

    private void Activate(AllocatorGroup? group, string condition)
    {
        // Under the gate, so that no allocation occurs between the count and the change.
        using (space.Pool.EnterWithoutStocks(charged: null))
        {
            if (space.Pool.Outstanding == 0)
            {
                space.Pool.Allocator = group;
                return;
            }
        }

        throw new InvalidOperationException(
            $"{condition} while no id is allocated: the space '{space.Name}' has {space.GetStatistics().Outstanding} from another source. Free them first.");
    }
}
