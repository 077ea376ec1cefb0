namespace IoAsid.Typed.Iommu;

/// <summary>
/// The changes of an address space that remove pages or rights. They run one after the other. Each change updates the entries, notifies the observers and then
/// frees memory.
/// </summary>
internal sealed class AddressSpaceChanges(AddressSpacePages pages, PageFaults faults, AddressSpaceUsers users, AddressSpaceObservers observers)
{
    // Held during each change, observers included. It guards _pendingUnmaps against a second change of the same range.
    private readonly AsyncLock _lock = new();
    private readonly List<AddressRange> _pendingUnmaps = [];
    private readonly SingleRun _exit = new();

    /// <summary>The ranges whose unmapping is not complete.</summary>
    public IReadOnlyList<AddressRange> PendingUnmaps => _pendingUnmaps;

    public async ValueTask UnmapAsync(AddressRange range)
    {
        using DriverOperation? operation = DriverOperation.Start("unmap", addressSpace: users.Process, range: range);
        using AsyncLockEntry turn = await EnterAsync(range);
        Removal removal = pages.Remove(range);
        faults.Abandon(range);
        _pendingUnmaps.Add(range);
        try
        {
            await observers.InvalidateAsync(range, removal.Tables == 0);
        }
        catch
        {
            pages.Leak(removal);
            throw;
        }
        finally
        {
            _pendingUnmaps.Remove(range);
        }

        pages.Free(removal);
        operation?.Complete();
    }

    public async ValueTask ProtectAsync(AddressRange range, MemoryRights rights)
    {
        using DriverOperation? operation = DriverOperation.Start("protect", addressSpace: users.Process, range: range);
        using AsyncLockEntry turn = await EnterAsync(range);
        if (!pages.Areas.Covers(range))
            throw new IommuException(IommuError.NotFound, $"A part of {range} is not mapped. Protect only mapped addresses.");
        if (pages.SetRights(range, rights))
            await observers.InvalidateAsync(range, onlyLeaves: true);
        operation?.Complete();
    }

    /// <summary>Begins the exit, or waits for the exit that has begun.</summary>
    public ValueTask ExitAsync() => _exit.RunAsync(TearDownAsync);

    private async ValueTask<AsyncLockEntry> EnterAsync(AddressRange range)
    {
        _ = pages.Inside(range);
        AsyncLockEntry turn = await _lock.EnterAsync();
        if (!users.HasExited)
            return turn;
        turn.Dispose();
        users.ThrowIfExited();
        return turn;
    }

    private async ValueTask TearDownAsync()
    {
        using DriverOperation? operation = DriverOperation.Start("exit", addressSpace: users.Process);
        users.BeginExit();
        faults.Abandon(pages.UserHalf);
        users.ReleaseUse();
        await users.Unused;
        using AsyncLockEntry turn = await _lock.EnterAsync();
        try
        {
            await observers.ReleaseAsync();
            pages.FreeAll();
            operation?.Complete();
        }
        catch
        {
            pages.LeakAll();
            throw;
        }
        finally
        {
            users.ReleaseReference();
        }
    }
}
