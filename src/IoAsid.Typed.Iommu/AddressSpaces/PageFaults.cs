using System.Buffers;

namespace IoAsid.Typed.Iommu;

/// <summary>The page faults of a process, with the pages that sources are filling.</summary>
/// <remarks>
/// The fills change within one step of the machine, so no lock guards them. Between two steps of a fill, a change of the address space may abandon the fill.
/// </remarks>
internal sealed class PageFaults(AddressSpacePages pages, AddressSpaceUsers users)
{
    private readonly Dictionary<ulong, PageFill> _fills = [];

    /// <summary>The number of page faults that were handled.</summary>
    public long Handled { get; private set; }

    /// <summary>Brings a page in if the page needs no source.</summary>
    /// <returns>The outcome, or null if the page must come from its source.</returns>
    public PageFaultOutcome? TryHandle(ulong address, MemoryRights access)
    {
        PageFaultOutcome? outcome = Serve(address, access == MemoryRights.None ? MemoryRights.Read : access);
        Handled += outcome == PageFaultOutcome.Handled ? 1 : 0;
        return outcome;
    }

    /// <summary>Brings a page in.</summary>
    public ValueTask<PageFaultOutcome> HandleAsync(ulong address, MemoryRights access) =>
        TryHandle(address, access) is { } outcome ? new(outcome) : new(WaitForSourceAsync(address, access));

    /// <summary>Abandons the fills of a range. Their frames are freed, and each waiter tries its fault again.</summary>
    public void Abandon(AddressRange range)
    {
        foreach (PageFill fill in _fills.Values.Where(fill => range.Contains(fill.Page)).ToArray())
        {
            Release(fill);
            fill.Abandon();
        }
    }

    private PageFaultOutcome? Serve(ulong address, MemoryRights access)
    {
        if (users.HasExited)
            return PageFaultOutcome.Exited;
        if (pages.Check(address, access, out MemoryArea? area, out PagingSlot slot) is { } outcome)
            return outcome;
        return area!.Source is null ? pages.BringInZeros(area, address, slot) : null;
    }

    private async Task<PageFaultOutcome> WaitForSourceAsync(ulong address, MemoryRights access)
    {
        while (true)
        {
            if (FillOf(AddressRange.PageOf(address).Start) is not { } fill)
                return PageFaultOutcome.NoMemory;
            // The area may have changed during the wait, so a fill without failure is followed by another try.
            if (await fill.Done is { } failure)
                return failure;
            if (TryHandle(address, access) is { } outcome)
                return outcome;
        }
    }

    private PageFill? FillOf(ulong page)
    {
        if (_fills.TryGetValue(page, out PageFill? pending))
            return pending;
        if (!pages.TryAllocate(out ulong frame))
            return null;
        PageFill fill = new(page, frame);
        _fills.Add(page, fill);
        _ = FillAsync(fill, pages.Areas.Find(page)!.Source!);
        return fill;
    }

    private async Task FillAsync(PageFill fill, IPageSource source)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(AddressRange.PageSize);
        Memory<byte> page = buffer.AsMemory(0, AddressRange.PageSize);
        page.Span.Clear();
        try
        {
            await source.FillAsync(fill.Page, page);
            if (!fill.IsAbandoned)
                Finish(fill, page.Span);
        }
#pragma warning disable CA1031 // The exception is thrown to each waiter for the page.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Fail(fill, failure);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The page is still in an area, because otherwise the fill would be abandoned. The rights of the area may have changed.
    private void Finish(PageFill fill, ReadOnlySpan<byte> contents)
    {
        PageFaultOutcome outcome = pages.BringIn(fill.Page, fill.Frame, contents);
        _fills.Remove(fill.Page);
        fill.Finish(outcome == PageFaultOutcome.Handled ? null : outcome);
    }

    private void Fail(PageFill fill, Exception failure)
    {
        if (fill.IsAbandoned)
            return;
        Release(fill);
        fill.Fail(failure);
    }

    private void Release(PageFill fill)
    {
        _fills.Remove(fill.Page);
        pages.Return(fill.Frame);
    }
}
