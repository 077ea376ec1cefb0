namespace IoAsid.Typed.Iommu;

/// <summary>The changes of an address space that take pages or rights away: one after the other, and each in the order entries, observers, memory.</summary>
internal sealed class AddressSpaceChanges(AddressSpacePages pages, PageFaults faults, AddressSpaceUsers users, AddressSpaceObservers observers)
{
    // Held during each change, observers included. It guards _leaving against a second change of the same range.
    private readonly AsyncLock _lock = new();
    private readonly List<AddressRange> _leaving = [];
    private readonly SingleRun _exit = new();

    /// <summary>The ranges whose unmapping is not complete.</summary>
    public IReadOnlyList<AddressRange> Leaving => _leaving;

    public async ValueTask UnmapAsync(AddressRange range)
    {
        using AsyncLockEntry turn = await EnterAsync(range);
        Removal removal = pages.Remove(range);
        faults.Abandon(range);
        _leaving.Add(range);
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
            _leaving.Remove(range);
        }

        pages.Free(removal);
    }

    public async ValueTask ProtectAsync(AddressRange range, MemoryRights rights)
    {
        using AsyncLockEntry turn = await EnterAsync(range);
        if (!pages.Areas.Covers(range))
            throw new IommuException(IommuError.NotFound, $"Not all of {range} is mapped. Protect what is.");
        if (pages.SetRights(range, rights))
            await observers.InvalidateAsync(range, onlyLeaves: true);
    }

    /// <summary>Exits. Each later call waits for the same exit.</summary>
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
        users.BeginExit();
        faults.Abandon(pages.UserHalf);
        users.ReleaseUse();
        await users.Unused;
        using AsyncLockEntry turn = await _lock.EnterAsync();
        try
        {
            await observers.ReleaseAsync();
            pages.FreeAll();
        }
        catch
        {
            pages.LeakAll();
            throw;
        }
        finally
        {
            users.Drop();
        }
    }
}
