using IoAsid.Typed.Core;
using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Behaviour;

/// <summary>Custom allocators choose the numbers.</summary>
public sealed class CustomAllocatorTests : IDisposable
{
    private readonly IoAsidSpace _space = new(new IoAsidSpaceOptions { Capacity = 256 });
    private readonly IoAsidSet<SvaBinding> _set;

    public CustomAllocatorTests() => _set = _space.CreateSet<SvaBinding>("sva");

    [Fact]
    public void An_allocator_can_be_made_of_two_functions_and_share_a_number_space()
    {
        object numberSpace = new();
        List<string> calls = [];
        IoAsidNumberAllocator first = Made("first", numberSpace);
        IoAsidNumberAllocator second = Made("second", numberSpace);
        IoAsidNumberAllocator stranger = Made("stranger", numberSpace: null);
        Assert.Same(numberSpace, first.NumberSpace);
        Assert.NotSame(stranger.NumberSpace, Made("stranger", numberSpace: null).NumberSpace);

        _space.RegisterAllocator(first);
        _space.RegisterAllocator(second);
        _space.RegisterAllocator(stranger);
        IoAsidHandle<SvaBinding> handle = _set.Allocate(null, 5, 9);
        _space.UnregisterAllocator(first);
        handle.Free();
        _space.UnregisterAllocator(second);
        _set.Allocate(null, 7, 9);

        Assert.Equal(["first gives 5", "second takes 5", "stranger gives 7"], calls);

        IoAsidNumberAllocator Made(string name, object? numberSpace) => IoAsidNumberAllocator.Create(
            (min, _) =>
            {
                calls.Add($"{name} gives {min}");
                return min;
            },
            number => calls.Add($"{name} takes {number}"),
            numberSpace);
    }

    [Fact]
    public void An_allocator_that_is_not_active_can_leave_while_ids_are_outstanding()
    {
        ScriptedAllocator active = new();
        ScriptedAllocator idle = new();
        _space.RegisterAllocator(active);
        _space.RegisterAllocator(idle);
        _set.Allocate(null, 5, 5);

        _space.UnregisterAllocator(idle);
        _set.Allocate(null, 6, 6);
        Assert.Equal(["allocate 5..5", "allocate 6..6"], active.Calls);
        Assert.Empty(idle.Calls);
    }

    [Fact]
    public void A_number_given_twice_is_refused_in_a_full_range_too()
    {
        ScriptedAllocator allocator = new();
        List<string> faults = [];
        _space.Faulted += (_, fault) => faults.Add(fault.ToString());
        _space.RegisterAllocator(allocator);
        for (uint number = 64; number < 128; number++)
            _set.Allocate(null, number, number);

        Assert.False(_set.TryAllocate(null, 70, 70, out _, out IoAsidAllocationFailure failure));
        Assert.Equal(IoAsidAllocationFailure.AllocatorFailed, failure);
        Assert.Equal(["NumberInUse of 70"], faults);
        Assert.DoesNotContain("free 70", allocator.Calls);
    }

    [Fact]
    public void A_life_that_a_close_prevented_is_no_event()
    {
        EventLog log = new();
        ScriptedAllocator allocator = new();
        IoAsidSet<SvaBinding> closing = _space.CreateSet<SvaBinding>("closing");
        _space.RegisterAllocator(allocator);
        _space.Observe(log.Observe);
        allocator.OnAllocate = (min, _) =>
        {
            closing.Close();
            return min;
        };

        Assert.False(closing.TryAllocate(new NativeSvaBinding("never"), 5, 5, out _, out IoAsidAllocationFailure failure));
        Assert.Equal(IoAsidAllocationFailure.SetClosed, failure);
        Assert.Empty(log.Lines);
        Assert.Equal(["allocate 5..5", "free 5"], allocator.Calls);
        Assert.Equal((0L, null), (_space.Pool.Outstanding, _space.Records.Find(new Life(5, 0))));
        Assert.Equal([_set], _space.Tree.Roots());

        _set.Allocate(null, 5, 5).Free();
        Assert.Equal(["Allocated 5/0", "Freed 5/0", "Reclaimed 5/0"], log.Lines);
    }

    public void Dispose() => _space.Dispose();
}
