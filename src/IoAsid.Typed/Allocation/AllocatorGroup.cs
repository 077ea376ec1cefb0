using IoAsid.Typed.Core;

namespace IoAsid.Typed.Allocation;

/// <summary>The custom allocators that share one number space. The earliest registered of them is called; another takes over when it is unregistered.</summary>
/// <remarks>
/// The lock serialises the calls. It is held while an allocator blocks, so every operation that needs the allocator waits for it. The registry's lock guards the list of members.
/// </remarks>
internal sealed class AllocatorGroup(IoAsidSpace space, IoAsidNumberAllocator first, object numberSpace)
{
    private readonly UninterruptedLock _calls = new();

    // Replaced as a whole, because calls read it outside the registry's lock. Never empty while the group is registered.
    private volatile IoAsidNumberAllocator[] _members = [first];

    public object NumberSpace { get; } = numberSpace;

    public int Count => _members.Length;

    private IoAsidNumberAllocator Called => _members[0];

    public bool Contains(IoAsidNumberAllocator allocator) => Array.Exists(_members, member => ReferenceEquals(member, allocator));

    public void Add(IoAsidNumberAllocator allocator) => _members = [.. _members, allocator];

    public void Remove(IoAsidNumberAllocator allocator) => _members = Array.FindAll(_members, member => !ReferenceEquals(member, allocator));

    /// <summary>Enters the lock that serialises the calls.</summary>
    public UninterruptedLock.Scope Enter() => _calls.Enter();

    /// <summary>Tries to get a number from the allocator and to take it from the pool.</summary>
    public IoAsidAllocationFailure TryTake(uint min, uint max, out uint number, out Exception? cause)
    {
        if (_calls.IsHeld)
        {
            throw new InvalidOperationException(
                $"The custom allocator of the space '{space.Name}' allocates from the space it serves. It has to decide on its own.");
        }

        AllocatorFaults faults = default;
        IoAsidAllocationFailure failure;
        using (_calls.Enter())
            failure = TryTakeLocked(min, max, ref faults, out number, out cause);

        faults.Report(space);
        return failure;
    }

    /// <summary>Returns a number to the allocator. Call under the lock.</summary>
    /// <returns>The fate of the number.</returns>
    public NumberFate Free(uint number, ref AllocatorFaults faults) =>
        TryFree(number, IoAsidFaultKind.NumberQuarantined, ref faults) ? NumberFate.Reusable : NumberFate.Quarantined;

    private IoAsidAllocationFailure TryTakeLocked(uint min, uint max, ref AllocatorFaults faults, out uint number, out Exception? cause)
    {
        number = 0;
        cause = null;
        try
        {
            if (Called.Allocate(min, max) is not { } given)
                return IoAsidAllocationFailure.AllocatorRefused;

            number = given;
        }
#pragma warning disable CA1031 // Any exception of a custom allocator fails this allocation and nothing else.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            cause = thrown;
            faults.Add(IoAsidFaultKind.AllocatorThrew, number: null, thrown);
            return IoAsidAllocationFailure.AllocatorFailed;
        }

        return TryClaim(number, min, max, ref faults) ? IoAsidAllocationFailure.None : IoAsidAllocationFailure.AllocatorFailed;
    }

    private bool TryClaim(uint number, uint min, uint max, ref AllocatorFaults faults)
    {
        bool fits = number >= min && number <= max && number <= space.Pool.Highest;
        bool claimed = false;
        try
        {
            using (space.Pool.Enter())
                claimed = fits && space.Pool.TryTake(number);
        }
        catch (OutOfMemoryException)
        {
            TryFree(number, IoAsidFaultKind.HandBackFailed, ref faults);
            throw;
        }

        if (!claimed)
        {
            faults.Add(fits ? IoAsidFaultKind.NumberInUse : IoAsidFaultKind.NumberOutOfRange, number);
            HandBackUnlessTaken(number, ref faults);
        }

        return claimed;
    }

    /// <summary>
    /// Hands back a number that the space cannot use. A number that is in use, reserved or out of use stays with the space, so that the allocator continues with another one.
    /// </summary>
    private void HandBackUnlessTaken(uint number, ref AllocatorFaults faults)
    {
        bool taken;
        using (space.Pool.Enter())
            taken = space.Pool.IsTaken(number);

        if (!taken)
            TryFree(number, IoAsidFaultKind.HandBackFailed, ref faults);
    }

    private bool TryFree(uint number, IoAsidFaultKind failure, ref AllocatorFaults faults)
    {
        try
        {
            Called.Free(number);
            return true;
        }
#pragma warning disable CA1031 // A free that fails must not fail the release that led to it: it is reported.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            faults.Add(failure, number, thrown);
            return false;
        }
    }
}
