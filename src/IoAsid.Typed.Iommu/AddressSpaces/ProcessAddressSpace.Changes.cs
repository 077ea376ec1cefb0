namespace IoAsid.Typed.Iommu;

// What takes rights or pages away: one change after the other, and always entries, observers, memory in this order.
public sealed partial class ProcessAddressSpace
{
    private readonly AsyncLock _changes = new();
    private readonly List<AddressRange> _leaving = [];
    private TaskCompletionSource? _exit;

    /// <summary>Takes memory away. Areas across the ends of the range are cut; where there is none, nothing is done.</summary>
    /// <param name="range">What to take away.</param>
    /// <returns>Complete when no observer uses it any more and the memory is free. An observer's exception comes out here: the memory is lost then,
    /// see <see cref="LeakedFrames"/>, but the process does not have it any more.</returns>
    /// <exception cref="ArgumentException">Outside of the user half.</exception>
    /// <exception cref="IommuException">
    /// A large page must be cut and there is no memory for a table: <see cref="IommuError.NoMemory"/>. The process has exited: <see
    /// cref="IommuError.Exited"/>.
    /// </exception>
    public async ValueTask UnmapAsync(AddressRange range)
    {
        using AsyncLock.Releaser turn = await EnterAsync(range);
        Removal removal = Remove(range);
        _leaving.Add(range);
        try
        {
            await _observers.InvalidateAsync(range);
        }
        catch
        {
            LeakedFrames += removal.AllFrames;
            throw;
        }
        finally
        {
            _leaving.Remove(range);
        }

        removal.FreePages(_frames);
        removal.FreeTables(_frames);
    }

    /// <summary>Changes what may be done. Observers are told if something is allowed no longer.</summary>
    /// <param name="range">Where. All of it must be mapped.</param>
    /// <param name="rights">What may be done from now on. Write and execute include read.</param>
    /// <returns>Complete when no observer uses the old rights any more. An observer's exception comes out here; the rights have changed then.</returns>
    /// <exception cref="ArgumentException">Outside of the user half.</exception>
    /// <exception cref="IommuException">
    /// A part is not mapped: <see cref="IommuError.NotFound"/>. A large page must be cut and there is no memory for a table: <see
    /// cref="IommuError.NoMemory"/>. The process has exited: <see cref="IommuError.Exited"/>.
    /// </exception>
    public async ValueTask ProtectAsync(AddressRange range, MemoryRights rights)
    {
        MemoryRights effective = Effective(rights);
        using AsyncLock.Releaser turn = await EnterAsync(range);
        if (!_areas.Covers(range))
            throw new IommuException(IommuError.NotFound, $"Not all of {range} is mapped. Protect what is.");
        SplitLargePages(range);
        bool isLess = _areas.SetRights(range, effective);
        _tables.Change(range, new RightsChange<FirstStageFormat>(effective));
        if (isLess)
            await _observers.InvalidateAsync(range);
    }

    /// <summary>
    /// The process exits: no new users, no more faults; when the last user has gone, observers are released, then pages, then tables. Calling it again
    /// waits for the same exit.
    /// </summary>
    /// <returns>Complete when all memory is free. An observer's exception comes out here: the memory is lost then, see <see
    /// cref="LeakedFrames"/>.</returns>
    public async ValueTask ExitAsync()
    {
        if (_exit is { } underWay)
        {
            await underWay.Task;
            return;
        }

        _exit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await TearDownAsync();
            _exit.SetResult();
        }
        catch (Exception failure)
        {
            _exit.SetException(failure);
            throw;
        }
    }

    private async ValueTask<AsyncLock.Releaser> EnterAsync(AddressRange range)
    {
        _ = Inside(range);
        AsyncLock.Releaser turn = await _changes.EnterAsync();
        if (!HasExited)
            return turn;
        turn.Dispose();
        ThrowIfExited();
        return turn;
    }

    private Removal Remove(AddressRange range)
    {
        SplitLargePages(range);
        _areas.Remove(range);
        AbandonFills(range);
        Removal removal = new();
        _tables.Change(range, removal);
        ResidentPages -= removal.PageFrames;
        return removal;
    }

    private void SplitLargePages(AddressRange range)
    {
        if (!_tables.TrySplit(range))
            throw FrameAllocator.NoMemory();
    }

    private async ValueTask TearDownAsync()
    {
        HasExited = true;
        AbandonFills(UserHalf);
        ReleaseUse();
        await _unused.Task;
        using AsyncLock.Releaser turn = await _changes.EnterAsync();
        try
        {
            await _observers.ReleaseAsync();
            FreeAll();
        }
        catch
        {
            LeakedFrames += ResidentPages + _tables.Tables;
            throw;
        }
        finally
        {
            Drop();
        }
    }

    private void FreeAll()
    {
        Removal everything = Remove(UserHalf);
        everything.FreePages(_frames);
        everything.FreeTables(_frames);
        _tables.Free();
    }
}
