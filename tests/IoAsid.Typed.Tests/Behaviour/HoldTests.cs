using IoAsid.Typed.Core;
using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Behaviour;

/// <summary>Each hold is released once, by its holder. Data is replaced, cleared and captured.</summary>
public sealed class HoldTests : IDisposable
{
    private readonly IoAsidSpace _space = new();
    private readonly IoAsidSet<SvaBinding> _set;
    private readonly IoAsidHandle<SvaBinding> _handle;

    public HoldTests()
    {
        _set = _space.CreateSet<SvaBinding>("sva");
        _handle = _set.Allocate(new NativeSvaBinding("first"));
    }

    private uint References => ReferencesTo(_handle);

    [Fact]
    public void A_scoped_hold_and_its_copies_are_released_once()
    {
        IoAsidHold<SvaBinding> hold = _set.Hold(_handle.Id);
        IoAsidHold<SvaBinding> copy = hold;
        Assert.True(hold.IsHeld && copy.IsHeld);
        Assert.Equal(2u, References);

        copy.Dispose();
        Assert.False(hold.IsHeld || copy.IsHeld);
        hold.Dispose();
        copy.Dispose();
        Assert.Equal(1u, References);
        Assert.Equal(IoAsidLookupStatus.Found, hold.Status);
    }

    [Fact]
    public void A_copy_that_outlived_its_hold_does_not_release_the_hold_that_came_next()
    {
        IoAsidHold<SvaBinding> hold = _set.Hold(_handle.Id);
        IoAsidHold<SvaBinding> copy = hold;
        hold.Dispose();
        IoAsidHold<SvaBinding> next = _set.Hold(_handle.Id);

        copy.Dispose();
        Assert.True(next.IsHeld);
        Assert.Equal(2u, References);
        next.Dispose();
    }

    [Fact]
    public void Holds_are_released_in_any_order()
    {
        IoAsidHold<SvaBinding> first = _set.Hold(_handle.Id);
        IoAsidHold<SvaBinding> second = _set.Hold(_handle.Id);
        IoAsidHold<SvaBinding> third = _set.Hold(_handle.Id);
        second.Dispose();
        IoAsidHold<SvaBinding> fourth = _set.Hold(_handle.Id);
        Assert.True(first.IsHeld && third.IsHeld && fourth.IsHeld);
        third.Dispose();
        first.Dispose();
        Assert.True(fourth.IsHeld);
        fourth.Dispose();
        Assert.Equal(1u, References);
    }

    [Fact]
    public void A_released_hold_gives_neither_data_nor_number()
    {
        IoAsidHold<SvaBinding> hold = _set.Hold(_handle.Id);
        Assert.Equal(("first", _handle.Id), (hold.Data.Name, hold.Id));
        Assert.StartsWith($"hold of {_handle.Id}", hold.ToString(), StringComparison.Ordinal);
        hold.Dispose();

        InvalidOperationException? data = null;
        try
        {
            _ = hold.Data;
        }
        catch (InvalidOperationException thrown)
        {
            data = thrown;
        }

        Assert.Contains($"The hold of id {_handle.Id} was released", data?.Message, StringComparison.Ordinal);
        Assert.Equal("not held (Found)", hold.ToString());
        Assert.Equal("not held (NotFound)", _set.Hold(new RawIoAsid(999)).ToString());
    }

    [Fact]
    public void Scoped_holds_of_a_thread_have_no_limit()
    {
        HoldDown(depth: 0);
        Assert.Equal(1u, References);

        void HoldDown(int depth)
        {
            // Each stack frame has sixteen holds, because a list cannot contain a ref struct.
            using IoAsidHold<SvaBinding> a = _set.Hold(_handle.Id), b = _set.Hold(_handle.Id), c = _set.Hold(_handle.Id), d = _set.Hold(_handle.Id);
            using IoAsidHold<SvaBinding> e = _set.Hold(_handle.Id), f = _set.Hold(_handle.Id), g = _set.Hold(_handle.Id), h = _set.Hold(_handle.Id);
            using IoAsidHold<SvaBinding> i = _set.Hold(_handle.Id), j = _set.Hold(_handle.Id), k = _set.Hold(_handle.Id), l = _set.Hold(_handle.Id);
            using IoAsidHold<SvaBinding> m = _set.Hold(_handle.Id), n = _set.Hold(_handle.Id), o = _set.Hold(_handle.Id), p = _set.Hold(_handle.Id);
            if (depth < 4499)
            {
                HoldDown(depth + 1);
                return;
            }

            Assert.Equal(72_001u, References);
            Assert.True(a.IsHeld && p.IsHeld);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reference_is_released_once_from_any_thread(bool trackHolders)
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { TrackHolders = trackHolders });
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("sva").CreateSubset<SvaBinding>("sub");
        IoAsidHandle<SvaBinding> handle = set.Allocate(new NativeSvaBinding("first"));
        Assert.True(set.TryHold(handle.Id, out IoAsidReference<SvaBinding>? reference));
        Assert.True(set.TryHold(handle.Id, out IoAsidReference<SvaBinding>? other));
        Assert.Equal($"reference to {handle.Id}", reference.ToString());
        Assert.Equal((false, "first"), (reference.IsReleased, reference.Data.Name));

        Parallel.For(0, 8, _ => reference.Dispose());

        Assert.Multiple(
            () => Assert.Equal(2u, ReferencesTo(handle)),
            () => Assert.True(reference.IsReleased),
            () => Assert.False(other.IsReleased),
            () => Assert.Equal(handle.Id, reference.Id));
        Assert.Throws<ObjectDisposedException>(() => reference.Data);
        Assert.Equal($"reference to {handle.Id}, released", reference.ToString());
        handle.Free();
        Assert.Equal(trackHolders ? [IoAsidHolderKind.Reference] : [], Assert.Single(space.DescribePending()).Holders.Select(holder => holder.Kind));
        other.Dispose();
        Assert.Empty(space.DescribePending());
    }

    [Fact]
    public void A_refused_reference_to_an_id_without_data_makes_no_object()
    {
        IoAsidHandle<SvaBinding> empty = _set.Allocate();
        RawIoAsid free = new(empty.Id.Value + 1);
        Refuse();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refuse();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Refuse()
        {
            Assert.False(_set.TryHold(empty.Id, out IoAsidReference<SvaBinding>? _));
            Assert.False(_set.TryHold(free, out IoAsidReference<SvaBinding>? _));
        }
    }

    [Fact]
    public void A_reference_keeps_its_data_readable_after_changes_of_the_id()
    {
        Assert.True(_set.TryHold(_handle.Id, out IoAsidReference<SvaBinding>? reference));
        using IoAsidHold<SvaBinding> hold = _set.Hold(_handle.Id);

        _handle.SetData(new NativeSvaBinding("second"));
        Assert.Equal(("first", "first"), (reference.Data.Name, hold.Data.Name));
        Assert.Equal("second", _set.Find(_handle.Id).Data?.Name);
        _handle.ClearData();
        Assert.Equal((null, IoAsidLookupStatus.NoData), (_handle.Data, _set.Find(_handle.Id).Status));
        _handle.Free();
        Assert.Equal(("first", "first"), (reference.Data.Name, hold.Data.Name));
        reference.Dispose();
    }

    [Fact]
    public void A_binding_ends_once_and_only_with_its_own_receipt()
    {
        IoAsidBinding binding = _handle.Bind("nic");
        DrainReceipt receipt = new ImmediateDrain().Drain(binding);
        Assert.Multiple(
            () => Assert.Equal(binding, receipt.Binding),
            () => Assert.Equal("nic", binding.Device),
            () => Assert.Equal(_handle.Id, binding.Id),
            () => Assert.Equal(_handle.Generation, binding.Generation));
        Assert.Equal($"receipt for the drain of binding of {_handle.Id} (generation 0) to nic", receipt.ToString());

        binding.Complete(receipt);
        binding.Complete(receipt);
        binding.Complete(new ImmediateDrain().Drain(binding));

        Assert.Equal((1u, true), (References, binding.IsCompleted));
        Assert.EndsWith(", completed", binding.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_abandoned_binding_keeps_its_id_pending()
    {
        _handle.Bind();
        _handle.Free();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal(IoAsidLookupStatus.FreePending, _set.Find(_handle.Id).Status);
    }

    [Fact]
    public void A_private_id_is_free_after_a_detach_or_a_free()
    {
        PrivateIoAsid guestPasid = new(0);
        Assert.False(_handle.DetachPrivateId());
        _handle.AttachPrivateId(guestPasid);
        Assert.Equal(guestPasid, _handle.PrivateId);
        Assert.True(_set.TryResolve(guestPasid, out RawIoAsid id));
        Assert.Equal(_handle.Id, id);
        Assert.True(_handle.DetachPrivateId());
        Assert.False(_set.TryResolve(guestPasid, out _));
        Assert.Null(_handle.PrivateId);

        _handle.AttachPrivateId(guestPasid);
        _handle.Bind();
        _handle.Free();
        IoAsidHandle<SvaBinding> next = _set.Allocate();
        next.AttachPrivateId(guestPasid);
        Assert.True(_set.TryHold(guestPasid, out IoAsidReference? reference));
        Assert.False(_set.TryHold(guestPasid, out IoAsidReference<SvaBinding>? _));
        Assert.Equal(next.Id, reference.Id);
    }

    [Fact]
    public void A_private_id_resolves_to_its_life()
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = 4, ReservedNumbers = [] });
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("sva");
        set.Allocate(null, 2, 2).Free();
        set.Allocate(null, 0, 0);
        IoAsidHandle<SvaBinding> second = set.Allocate(null, 2, 2);
        second.AttachPrivateId(new PrivateIoAsid(7));

        Assert.True(set.TryResolve(new PrivateIoAsid(7), out RawIoAsid id));
        Assert.Equal(second.Id, id);
        Assert.False(set.TryResolve(new PrivateIoAsid(8), out _));
    }

    public void Dispose() => _space.Dispose();

    private static uint ReferencesTo(IoAsidHandle<SvaBinding> handle) =>
        LifeWord.Read(ref handle.Set.Space.Lives.Find(handle.Id.Value)!.Word(handle.Id.Value)).References;
}
