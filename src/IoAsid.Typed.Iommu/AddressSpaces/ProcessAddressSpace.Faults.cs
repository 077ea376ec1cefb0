using System.Buffers;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

// The only way pages come in.
public sealed partial class ProcessAddressSpace
{
    private readonly Dictionary<ulong, PageFill> _fills = [];

    /// <summary>Brings a page in, or says why not. A fault for a page that is already there is handled (spurious).</summary>
    /// <param name="address">Any address in the page.</param>
    /// <param name="access">What is wanted; nothing counts as reading.</param>
    /// <returns>
    /// How it ended; complete at once unless the page's source takes time. What the source throws comes out here. While the process exits, or the area
    /// goes, nobody waits for a source.
    /// </returns>
    public ValueTask<PageFaultOutcome> HandleFaultAsync(ulong address, MemoryRights access) =>
        TryHandleFault(address, access) is { } outcome ? new(outcome) : new(WaitForSourceAsync(address, access));

    /// <summary>Brings a page in, if that needs no waiting.</summary>
    /// <param name="address">Any address in the page.</param>
    /// <param name="access">What is wanted; nothing counts as reading.</param>
    /// <returns>How it ended; null when the page must come from its source: ask <see cref="HandleFaultAsync"/>.</returns>
    public PageFaultOutcome? TryHandleFault(ulong address, MemoryRights access)
    {
        PageFaultOutcome? outcome = Serve(address, access == MemoryRights.None ? MemoryRights.Read : access);
        FaultsHandled += outcome == PageFaultOutcome.Handled ? 1 : 0;
        return outcome;
    }

    private PageFaultOutcome? Serve(ulong address, MemoryRights access)
    {
        if (HasExited)
            return PageFaultOutcome.Exited;
        if (_areas.Find(address) is not { } area)
            return PageFaultOutcome.NoArea;
        if ((access & ~area.Rights) != MemoryRights.None)
            return PageFaultOutcome.NotAllowed;
        PagingSlot slot = _tables.Find(address);
        // Entries have the rights of their area at all times, so that a page that is there is there with enough.
        if (slot.IsUsed)
            return PageFaultOutcome.Handled;
        return area.Source is null ? BringInZeros(area, address, slot) : null;
    }

    private PageFaultOutcome BringInZeros(MemoryArea area, ulong address, PagingSlot slot)
    {
        if (FitsLargePage(area, address, slot) && TryBringInLarge(area, address, slot))
            return PageFaultOutcome.Handled;
        if (!_frames.TryAllocate(out ulong frame))
            return PageFaultOutcome.NoMemory;
        return Insert(area, slot, AddressRange.PageOf(address).Start, frame);
    }

    private static bool FitsLargePage(MemoryArea area, ulong address, PagingSlot slot) =>
        area.HasLargePages && slot.Level >= LargePageLevel && area.Range.Contains(LargePageAt(address));

    private static AddressRange LargePageAt(ulong address) => new(address & ~(LargePageSize - 1), LargePageSize);

    private bool TryBringInLarge(MemoryArea area, ulong address, PagingSlot slot)
    {
        int frames = (int)(LargePageSize / AddressRange.PageSize);
        if (!_frames.TryAllocateContiguous(frames, out ulong first))
            return false;
        ulong leaf = FirstStageFormat.Leaf(first, LargePageLevel, area.Rights);
        bool done = _tables.TryMap(slot, LargePageAt(address).Start, LargePageLevel, leaf);
        if (done)
            ResidentPages += frames;
        else
            _frames.Free(first, frames);
        return done;
    }

    private PageFaultOutcome Insert(MemoryArea area, PagingSlot slot, ulong page, ulong frame)
    {
        if (!_tables.TryMap(slot, page, 1, FirstStageFormat.Leaf(frame, 1, area.Rights)))
        {
            _frames.Free(frame);
            return PageFaultOutcome.NoMemory;
        }

        ResidentPages++;
        return PageFaultOutcome.Handled;
    }

    private async Task<PageFaultOutcome> WaitForSourceAsync(ulong address, MemoryRights access)
    {
        while (true)
        {
            if (FillOf(AddressRange.PageOf(address).Start) is not { } fill)
                return PageFaultOutcome.NoMemory;
            // Whatever it says, the area may be another one by now.
            if (await fill.Done is { } failure)
                return failure;
            if (TryHandleFault(address, access) is { } outcome)
                return outcome;
        }
    }

    private PageFill? FillOf(ulong page)
    {
        if (_fills.TryGetValue(page, out PageFill? underWay))
            return underWay;
        if (!_frames.TryAllocate(out ulong frame))
            return null;
        PageFill fill = new(page, frame);
        _fills.Add(page, fill);
        _ = FillAsync(fill, _areas.Find(page)!.Source!);
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
#pragma warning disable CA1031 // It reaches everybody who waits for the page.
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

    private void Finish(PageFill fill, ReadOnlySpan<byte> contents)
    {
        _memory.Write(fill.Frame, contents);
        // The area has not gone, or the fill would be abandoned; its rights may have changed.
        PageFaultOutcome outcome = Insert(_areas.Find(fill.Page)!, _tables.Find(fill.Page), fill.Page, fill.Frame);
        _fills.Remove(fill.Page);
        fill.Finish(outcome == PageFaultOutcome.Handled ? null : outcome);
    }

    private void Fail(PageFill fill, Exception failure)
    {
        if (fill.IsAbandoned)
            return;
        GiveUp(fill);
        fill.Fail(failure);
    }

    private void AbandonFills(AddressRange range)
    {
        foreach (PageFill fill in _fills.Values.Where(fill => range.Contains(fill.Page)).ToArray())
        {
            GiveUp(fill);
            fill.Abandon();
        }
    }

    private void GiveUp(PageFill fill)
    {
        _fills.Remove(fill.Page);
        _frames.Free(fill.Frame);
    }
}
