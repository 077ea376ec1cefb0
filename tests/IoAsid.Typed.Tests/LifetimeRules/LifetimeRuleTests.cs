using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.LifetimeRules;

/// <summary>The lifetime rules L1 to L16 of the Linux extension, as far as they concern the allocator.</summary>
/// <remarks>
/// Not here, because they bind the callers of the allocator, not the allocator:
/// L12 (native teardown: stop DMA, clear the entry, free; the order of a driver and a process exit) and
/// L13 (invalidate the TLB in both callbacks of an address space's notifier).
/// </remarks>
public sealed class LifetimeRuleTests : IDisposable
{
    private readonly IoAsidSpace _space = new();
    private readonly IoAsidSet<SvaBinding> _sva;
    private readonly IoAsidSet<GuestSvaBinding> _vm;
    private readonly IoAsidSet<GuestSvaBinding> _otherVm;
    private readonly EventLog _log = new();

    public LifetimeRuleTests()
    {
        _sva = _space.CreateSet<SvaBinding>("sva");
        _vm = _sva.CreateSubset<GuestSvaBinding>("vm", owner: new object());
        _otherVm = _sva.CreateSubset<GuestSvaBinding>("other vm", owner: new object());
        _space.Observe(_log.Observe);
    }

    [Fact]
    public void L1_Free_always_succeeds_and_is_idempotent()
    {
        IoAsidHandle<GuestSvaBinding> handle = _vm.Allocate(new("a"));
        IoAsidBinding binding = handle.Bind();

        Assert.Equal(IoAsidFreeResult.Pending, handle.Free());
        Assert.Equal(IoAsidFreeResult.AlreadyFreed, handle.Free());
        binding.Drain();
        Assert.Equal(IoAsidFreeResult.AlreadyFreed, handle.Free());
        Assert.Equal(["Allocated", "Bound", "Freed", "Reclaimed"], _log.Kinds);
    }

    [Fact]
    public void L2_An_id_returns_to_the_pool_after_its_last_reference()
    {
        IoAsidHandle<GuestSvaBinding> handle = _vm.Allocate(new("a"), 9, 9);
        Assert.True(_sva.TryHold(handle.Id, out IoAsidReference<SvaBinding>? reference));
        handle.Free();

        Assert.False(_vm.TryAllocate(null, 9, 9, out _, out _));
        reference.Dispose();
        Assert.True(_vm.TryAllocate(null, 9, 9, out _, out _));
    }

    [Fact]
    public void L3_After_a_free_there_is_no_new_reference_and_nothing_to_find()
    {
        IoAsidHandle<GuestSvaBinding> handle = _vm.Allocate(new("a"));
        handle.AttachPrivateId(new PrivateIoAsid(101));
        handle.Bind();
        handle.Free();

        Assert.All<IoAsidSet>([_vm, _sva], set => Assert.False(set.TryHold(handle.Id, out _)));
        Assert.False(_vm.TryHold(new PrivateIoAsid(101), out IoAsidReference? _));
        Assert.False(_sva.Hold(handle.Id).IsHeld);
        Assert.Equal(IoAsidLookupStatus.FreePending, _sva.Find(handle.Id).Status);
        Assert.Throws<StaleIoAsidException>(() => handle.Bind());
    }

    [Fact]
    public void L4_A_reference_from_before_the_free_serves_until_the_cleanup()
    {
        IoAsidHandle<GuestSvaBinding> handle = _vm.Allocate(new("a"));
        Assert.True(_vm.TryHold(handle.Id, out IoAsidReference<GuestSvaBinding>? reference));
        string? cleanedUp = null;
        _vm.Observe(
            edge =>
            {
                if (edge.Kind == IoAsidEventKind.Freed)
                {
                    cleanedUp = reference.Data.Name;
                    reference.Dispose();
                }
            },
            IoAsidObserverPriority.Device);

        Assert.Equal(IoAsidFreeResult.Reclaimed, handle.Free());
        Assert.Equal("a", cleanedUp);
    }

    [Fact]
    public void L5_Each_change_of_state_is_one_event_and_only_the_space_makes_events()
    {
        IoAsidHandle<GuestSvaBinding> handle = _vm.Allocate(new("a"));
        handle.SetData(new("b"));
        handle.AttachPrivateId(new PrivateIoAsid(101));
        _vm.Hold(handle.Id).Dispose();
        handle.Free();

        Assert.Equal(["Allocated", "Freed", "Reclaimed"], _log.Kinds);
        Assert.Empty(typeof(IoAsidEvent).GetConstructors());
    }

    [Fact]
    public void L6_Only_the_first_bind_and_the_last_unbind_are_events()
    {
        IoAsidHandle<GuestSvaBinding> handle = _vm.Allocate(new("a"));
        IoAsidBinding[] bindings = [handle.Bind("device 1"), handle.Bind("device 2"), handle.Bind("device 2")];
        Assert.All(bindings, binding => binding.Drain());
        handle.Bind("device 1").Drain();

        Assert.Equal(["Allocated", "Bound", "Unbound", "Bound", "Unbound"], _log.Kinds);
    }

    [Fact]
    public void L7_An_unbind_after_the_free_finds_nothing_and_is_no_event()
    {
        IoAsidHandle<GuestSvaBinding> handle = _vm.Allocate(new("a"));
        IoAsidBinding binding = handle.Bind();
        handle.Free();

        Assert.Null(_sva.Find(handle.Id).Data);
        binding.Drain();
        Assert.Equal(["Allocated", "Bound", "Freed", "Reclaimed"], _log.Kinds);
    }

    [Fact]
    public void L8_A_late_unbind_cannot_touch_the_numbers_next_life()
    {
        IoAsidHandle<GuestSvaBinding> old = _vm.Allocate(new("old"), 9, 9);
        IoAsidBinding binding = old.Bind();
        DrainReceipt receipt = new ImmediateDrain().Drain(binding);
        old.Free();
        binding.Complete(receipt);
        IoAsidHandle<GuestSvaBinding> next = _otherVm.Allocate(new("next"), 9, 9);
        next.Bind();

        binding.Complete(receipt);
        Assert.Throws<StaleIoAsidException>(() => old.Bind());
        Assert.False(_vm.TryHold(next.Id, out IoAsidReference? _));
        Assert.Equal(IoAsidLookupStatus.OtherSet, _vm.Find(next.Id).Status);
        Assert.Equal("next", next.Data?.Name);
        Assert.Equal(IoAsidFreeResult.Pending, next.Free());
    }

    [Fact]
    public void L9_A_consumer_that_dies_early_drops_its_references_in_any_order()
    {
        IoAsidHandle<GuestSvaBinding>[] handles = [_vm.Allocate(new("a")), _vm.Allocate(new("b"))];
        IoAsidReference[] references = [.. handles.Reverse().Select(handle => _vm.TryHold(handle.Id, out IoAsidReference<GuestSvaBinding>? reference) ? reference : throw new InvalidOperationException())];
        Assert.All(references, reference => reference.Dispose());

        Assert.All(handles, handle => Assert.Equal(IoAsidFreeResult.Reclaimed, handle.Free()));
    }

    [Fact]
    public void L10_No_life_of_a_number_overlaps_another_while_a_device_is_not_drained()
    {
        IoAsidHandle<GuestSvaBinding> handle = _vm.Allocate(new("a"), 9, 9);
        IoAsidBinding[] devices = [handle.Bind("device 1"), handle.Bind("device 2")];
        handle.Free();

        devices[1].Drain();
        Assert.False(_otherVm.TryAllocate(null, 9, 9, out _, out _));
        devices[0].Drain();
        Assert.Equal(1u, _otherVm.Allocate(new("b"), 9, 9).Generation);
    }

    [Fact]
    public void L11_After_a_free_before_the_unbind_cleanups_may_run_in_any_order()
    {
        string[] names = ["hypervisor", "device model", "driver"];
        foreach (int[] order in Permutations)
        {
            using IoAsidSpace space = new();
            EventLog log = new();
            space.Observe(log.Observe);
            IoAsidHandle<SvaBinding> handle = space.CreateSet<SvaBinding>("sva").Allocate(new NativeSvaBinding("a"));
            Assert.True(handle.Set.TryHold(handle.Id, out IoAsidReference<SvaBinding>? hypervisor));
            Assert.True(handle.Set.TryHold(handle.Id, out IoAsidReference<SvaBinding>? deviceModel));
            IoAsidBinding driver = handle.Bind();
            Action[] cleanups = [hypervisor.Dispose, deviceModel.Dispose, driver.Drain];
            handle.Free();

            Assert.All(order, step => cleanups[step]());

            Assert.True(log.Kinds.SequenceEqual(["Allocated", "Bound", "Freed", "Reclaimed"]), string.Join(", ", order.Select(step => names[step])));
            Assert.Equal(0, space.Pool.Outstanding);
        }
    }

    [Fact]
    public void L14_Number_0_is_never_allocated_in_a_default_space()
    {
        Assert.False(_vm.TryAllocate(null, 0, 0, out _, out IoAsidAllocationFailure failure));
        Assert.Equal(IoAsidAllocationFailure.RangeExhausted, failure);
        Assert.Equal(1u, _vm.Allocate(null, 0, 5).Id.Value);
    }

    [Fact]
    public void L15_All_sets_of_a_space_share_one_number_space()
    {
        IoAsidSet<AuxiliaryDomain> aux = _space.CreateSet<AuxiliaryDomain>("aux");

        Assert.Equal([1u, 2u, 3u], [_vm.Allocate().Id.Value, aux.Allocate().Id.Value, _otherVm.Allocate().Id.Value]);
        Assert.False(aux.TryAllocate(null, 1, 1, out _, out _));
    }

    [Fact]
    public void L16_Custom_allocators_change_only_while_no_id_is_outstanding()
    {
        object numbers = new();
        ScriptedAllocator first = new(numbers) { OnAllocate = (_, _) => 70 };
        ScriptedAllocator sharer = new(numbers) { OnAllocate = (_, _) => 80 };
        ScriptedAllocator other = new() { OnAllocate = (_, _) => 90 };
        _space.RegisterAllocator(first);
        _space.RegisterAllocator(sharer);
        _space.RegisterAllocator(other);
        Assert.Throws<ArgumentException>(() => _space.RegisterAllocator(first));

        IoAsidHandle<GuestSvaBinding> handle = _vm.Allocate(new("a"));
        Assert.Equal(70u, handle.Id.Value);
        _space.UnregisterAllocator(sharer);
        Assert.Throws<InvalidOperationException>(() => _space.UnregisterAllocator(first));
        handle.Free();
        _space.UnregisterAllocator(first);
        Assert.Equal(90u, _vm.Allocate(new("b")).Id.Value);
    }

    public void Dispose() => _space.Dispose();

    private static readonly int[][] Permutations = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
}
