namespace IoAsid.Typed.Allocation;

/// <summary>The custom allocators that share one number space. The first one registered serves them all, also after it left.</summary>
internal sealed class AllocatorGroup(IoAsidSpace space, IoAsidNumberAllocator first)
{
    private readonly List<IoAsidNumberAllocator> _members = [first];

    // Serialises the calls. A monitor, because a call may block for long and may come back to us through a release.
    private readonly object _calls = new();

    public object NumberSpace { get; } = first.NumberSpace
        ?? throw new ArgumentException("The allocator's NumberSpace is null; give it an object, its own or one to share.", nameof(first));

    public int Count => _members.Count;

    public bool Contains(IoAsidNumberAllocator allocator) => _members.Contains(allocator);

    /// <summary>Whether registering it would be for the second time; one that left still serves the others.</summary>
    public bool Knows(IoAsidNumberAllocator allocator) => allocator == first || Contains(allocator);

    public void Add(IoAsidNumberAllocator allocator) => _members.Add(allocator);

    public void Remove(IoAsidNumberAllocator allocator) => _members.Remove(allocator);

    /// <summary>Asks for a number and takes it out of the pool.</summary>
    public IoAsidAllocationFailure TryTake(uint min, uint max, out uint number, out Exception? cause)
    {
        number = 0;
        if (Monitor.IsEntered(_calls))
        {
            throw new InvalidOperationException(
                $"The custom allocator of the space '{space.Name}' allocates from the space it serves. It has to decide on its own.");
        }

        lock (_calls)
        {
            try
            {
                cause = null;
                return first.Allocate(min, max) is not { } given ? IoAsidAllocationFailure.AllocatorRefused
                    : TryClaim(number = given, min, max) ? IoAsidAllocationFailure.None
                    : IoAsidAllocationFailure.AllocatorFailed;
            }
#pragma warning disable CA1031 // Whatever a custom allocator throws fails this allocation and nothing else.
            catch (Exception thrown)
#pragma warning restore CA1031
            {
                cause = thrown;
                space.Report(IoAsidFaultKind.AllocatorThrew, number: null, thrown);
                return IoAsidAllocationFailure.AllocatorFailed;
            }
        }
    }

    /// <summary>Takes back a number whose life is over.</summary>
    public void Reclaim(uint number, Action<NumberFate> conclude)
    {
        // The pool must know of the return before the allocator can give the number again.
        lock (_calls)
        {
            conclude(TryFree(number) ? NumberFate.Reusable : NumberFate.Quarantined);
        }
    }

    /// <summary>Hands back a number whose life never began.</summary>
    public void PutBack(uint number)
    {
        lock (_calls)
        {
            TryFree(number);
            using (space.Pool.Enter())
            {
                space.Pool.PutBack(number);
            }
        }
    }

    private bool TryClaim(uint number, uint min, uint max)
    {
        bool fits = number >= min && number <= max && number <= space.Pool.Highest;
        bool taken;
        using (space.Pool.Enter())
        {
            taken = fits && space.Pool.TryTake(number);
        }

        if (!taken)
        {
            Refuse(number, fits ? IoAsidFaultKind.NumberInUse : IoAsidFaultKind.NumberOutOfRange);
        }

        return taken;
    }

    private void Refuse(uint number, IoAsidFaultKind kind)
    {
        space.Report(kind, number);
        bool live;
        using (space.Pool.Enter())
        {
            live = space.Pool.IsLive(number);
        }

        if (!live)
        {
            TryFree(number);
        }
    }

    private bool TryFree(uint number)
    {
        try
        {
            first.Free(number);
            return true;
        }
#pragma warning disable CA1031 // A free that fails must not fail the release that led to it: the number is quarantined.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            space.Report(IoAsidFaultKind.NumberQuarantined, number, thrown);
            return false;
        }
    }
}
