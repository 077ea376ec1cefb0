using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Errors;

/// <summary>A number whose generations are used up is retired. It is never allocated again, and the retirement is counted and reported.</summary>
public sealed class GenerationTests
{
    private readonly List<string> _faults = [];

    [Fact]
    public void A_number_is_retired_after_its_last_generation()
    {
        using IoAsidSpace space = Space(uint.MaxValue - 1);
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("sva");

        Assert.Equal(IoAsidFreeResult.Reclaimed, set.Allocate(null, 1, 1).Free());
        Assert.Empty(_faults);
        IoAsidHandle<SvaBinding> last = set.Allocate(new NativeSvaBinding("last"), 1, 1);
        Assert.Equal(uint.MaxValue, last.Generation);
        Assert.Equal(IoAsidFreeResult.Reclaimed, last.Free());

        Assert.Equal(["NumberRetired of 1"], _faults);
        Assert.Equal(1, space.Pool.Retired);
        Assert.False(set.TryAllocate(null, 1, 1, out _, out IoAsidAllocationFailure failure));
        Assert.Equal(IoAsidAllocationFailure.RangeExhausted, failure);
        Assert.Equal(2, set.GetStatistics().Available);
    }

    [Fact]
    public void The_handle_of_a_retired_number_is_stale_and_its_wait_complete()
    {
        using IoAsidSpace space = Space(uint.MaxValue);
        IoAsidHandle<SvaBinding> last = space.CreateSet<SvaBinding>("sva").Allocate(new NativeSvaBinding("last"));

        Assert.True(last.FreeAsync(TestContext.Current.CancellationToken).IsCompletedSuccessfully);
        Assert.Equal(IoAsidFreeResult.AlreadyFreed, last.Free());
        StaleIoAsidException stale = Assert.Throws<StaleIoAsidException>(() => last.Data);
        Assert.Multiple(
            () => Assert.Equal(last.Id, stale.Id),
            () => Assert.Equal(uint.MaxValue, stale.Generation),
            () => Assert.Equal(uint.MaxValue, stale.CurrentGeneration));
        Assert.Equal(IoAsidLookupStatus.NotFound, last.Set.Find(last.Id).Status);
    }

    [Fact]
    public void A_space_whose_numbers_are_all_retired_is_full_and_still_counts_right()
    {
        using IoAsidSpace space = Space(uint.MaxValue);
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("sva", quota: 3);
        for (uint number = 1; number < 4; number++)
        {
            IoAsidHandle<SvaBinding> handle = set.Allocate();
            Assert.Equal(number, handle.Id.Value);
            IoAsidBinding binding = handle.Bind();
            Assert.Equal(IoAsidFreeResult.Pending, handle.Free());
            binding.Drain();
        }

        Assert.False(set.TryAllocate(null, out _, out _));
        Assert.Equal(3, space.Pool.Retired);
        set.Close();
        Assert.Equal((0, 0), (space.Pool.Capacity.Available, space.Pool.Capacity.Granted));
    }

    [Fact]
    public void A_retirement_is_reported_outside_every_lock()
    {
        using IoAsidSpace space = Space(uint.MaxValue);
        space.RegisterAllocator(new ScriptedAllocator());
        IoAsidSet<SvaBinding> set = space.CreateSet<SvaBinding>("sva");
        bool allocated = false;
        space.Faulted += (_, _) =>
        {
            Thread other = new(() => set.TryAllocate(null, 2, 2, out _, out _)) { IsBackground = true };
            other.Start();
            allocated = other.Join(TimeSpan.FromSeconds(5));
        };

        set.Allocate(null, 1, 1).Free();

        Assert.True(allocated);
        Assert.Equal(["NumberRetired of 1"], _faults);
    }

    private IoAsidSpace Space(uint startGeneration)
    {
        IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = 4, StartGeneration = startGeneration });
        space.Faulted += (_, fault) => _faults.Add(fault.ToString());
        return space;
    }
}
