namespace IoAsid.Typed.Allocation;

/// <summary>The custom allocators that share one number space. The first one registered serves them all, also after it left.</summary>
internal sealed class AllocatorGroup(IoAsidSpace space, IoAsidNumberAllocator first, object numberSpace)
{
    private readonly List<IoAsidNumberAllocator> _members = [first];

    // Serialises the calls. A monitor, because a call may block for long and may come back to us through a release.
    private readonly object _calls = new();

    public object NumberSpace { get; } = numberSpace;

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

        List<Fault> faults = [];
        IoAsidAllocationFailure failure;
        lock (_calls)
        {
            failure = Ask(min, max, faults, out number, out cause);
        }

        Report(faults);
        return failure;
    }

    /// <summary>Takes back a number whose life is over.</summary>
    public void Reclaim(uint number, Action<NumberFate> conclude)
    {
        List<Fault> faults = [];

        // The pool must know of the return before the allocator can give the number again.
        lock (_calls)
        {
            conclude(TryFree(number, IoAsidFaultKind.NumberQuarantined, faults) ? NumberFate.Reusable : NumberFate.Quarantined);
        }

        Report(faults);
    }

    /// <summary>Hands back a number whose life never began.</summary>
    public void PutBack(uint number)
    {
        List<Fault> faults = [];
        lock (_calls)
        {
            bool free = TryFree(number, IoAsidFaultKind.NumberQuarantined, faults);
            using (space.Pool.Enter())
            {
                space.Pool.PutBack(number, free ? NumberFate.Reusable : NumberFate.Quarantined);
            }
        }

        Report(faults);
    }

    private IoAsidAllocationFailure Ask(uint min, uint max, List<Fault> faults, out uint number, out Exception? cause)
    {
        number = 0;
        try
        {
            cause = null;
            return first.Allocate(min, max) is not { } given ? IoAsidAllocationFailure.AllocatorRefused
                : TryClaim(number = given, min, max, faults) ? IoAsidAllocationFailure.None
                : IoAsidAllocationFailure.AllocatorFailed;
        }
#pragma warning disable CA1031 // Whatever a custom allocator throws fails this allocation and nothing else.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            cause = thrown;
            faults.Add(new(IoAsidFaultKind.AllocatorThrew, Number: null, thrown));
            return IoAsidAllocationFailure.AllocatorFailed;
        }
    }

    private bool TryClaim(uint number, uint min, uint max, List<Fault> faults)
    {
        bool fits = number >= min && number <= max && number <= space.Pool.Highest;
        bool taken;
        using (space.Pool.Enter())
        {
            taken = fits && space.Pool.TryTake(number);
        }

        if (!taken)
        {
            faults.Add(new(fits ? IoAsidFaultKind.NumberInUse : IoAsidFaultKind.NumberOutOfRange, number));
            HandBackUnlessLive(number, faults);
        }

        return taken;
    }

    private void HandBackUnlessLive(uint number, List<Fault> faults)
    {
        bool live;
        using (space.Pool.Enter())
        {
            live = space.Pool.IsLive(number);
        }

        if (!live)
        {
            TryFree(number, IoAsidFaultKind.HandBackFailed, faults);
        }
    }

    private bool TryFree(uint number, IoAsidFaultKind failure, List<Fault> faults)
    {
        try
        {
            first.Free(number);
            return true;
        }
#pragma warning disable CA1031 // A free that fails must not fail the release that led to it: it is reported.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            faults.Add(new(failure, number, thrown));
            return false;
        }
    }

    /// <summary>Tells of faults when the calls' lock is left: a handler may wait for threads that want it.</summary>
    private void Report(List<Fault> faults)
    {
        foreach (Fault fault in faults)
        {
            space.Report(fault.Kind, fault.Number, fault.Thrown);
        }
    }

    private readonly record struct Fault(IoAsidFaultKind Kind, uint? Number, Exception? Thrown = null);
}
