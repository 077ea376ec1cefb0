using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The accesses of a process's own processor. It walks the tables, sets accessed and dirty bits, and faults pages in. It has no state. A translation is used
/// within one step, because there is no await between a walk and its access.
/// </summary>
internal sealed class ProcessorAccess(IPhysicalMemory memory, AddressSpacePages pages, PageFaults faults, AddressSpaceUsers users)
{
    private const ulong OffsetMask = AddressRange.PageSize - 1;

    public ValueTask ReadAsync(ulong address, Memory<byte> destination) => AccessAsync(
        address, destination.Length, MemoryRights.Read, (physical, piece) => memory.Read(physical, destination.Span[piece]));

    public ValueTask WriteAsync(ulong address, ReadOnlyMemory<byte> source) => AccessAsync(
        address, source.Length, MemoryRights.Write, (physical, piece) => memory.Write(physical, source.Span[piece]));

    public async ValueTask<ulong> ReadUInt64Async(ulong address)
    {
        ulong physical;
        while (!TryTranslate(address, MemoryRights.Read, out physical))
            await FaultInAsync(address, MemoryRights.Read);
        return memory.ReadUInt64(physical);
    }

    public async ValueTask WriteUInt64Async(ulong address, ulong value)
    {
        ulong physical;
        while (!TryTranslate(address, MemoryRights.Write, out physical))
            await FaultInAsync(address, MemoryRights.Write);
        memory.WriteUInt64(physical, value);
    }

    private async ValueTask AccessAsync(ulong address, int length, MemoryRights access, Action<ulong, Range> transfer)
    {
        for (int done = 0; done < length;)
        {
            ulong at = address + (ulong)done;
            int end = done + (int)Math.Min((ulong)(length - done), AddressRange.PageSize - (at & OffsetMask));
            ulong physical;
            while (!TryTranslate(at, access, out physical))
                await FaultInAsync(at, access);
            transfer(physical, done..end);
            done = end;
        }
    }

    private async ValueTask FaultInAsync(ulong address, MemoryRights access)
    {
        switch (await faults.HandleAsync(address, access))
        {
            case PageFaultOutcome.Handled:
                return;
            case PageFaultOutcome.NoMemory:
                throw FrameAllocator.NoMemory();
            case PageFaultOutcome.Exited:
                users.ThrowIfExited();
                return;
            case var refused:
                throw new SegmentationFaultException(address, access, refused);
        }
    }

    private bool TryTranslate(ulong address, MemoryRights access, out ulong physical)
    {
        physical = 0;
        return !users.HasExited && pages.UserHalf.Contains(address) && TryWalk(address, access == MemoryRights.Write, out physical);
    }

    private bool TryWalk(ulong address, bool isWrite, out ulong physical)
    {
        ulong table = pages.Root;
        for (int level = pages.Levels; ; level--)
        {
            ulong place = table + (ulong)TranslationTables.IndexOf(address, level) * sizeof(ulong);
            if (!TryUse(place, level, isWrite, out FirstStageEntry entry))
            {
                physical = 0;
                return false;
            }

            if (entry.IsLeaf(level))
            {
                physical = entry.PageAddress(level) | address & (TranslationTables.PageSizeOf(level) - 1);
                return true;
            }

            table = entry.Address;
        }
    }

    private bool TryUse(ulong place, int level, bool isWrite, out FirstStageEntry entry)
    {
        while (true)
        {
            entry = new FirstStageEntry(memory.ReadUInt64(place));
            if (!entry.Present || isWrite && !entry.Writable)
                return false;
            FirstStageEntry used = entry with { Accessed = true, Dirty = entry.Dirty || isWrite && entry.IsLeaf(level) };
            if (used == entry || memory.CompareExchange(place, entry.Bits, used.Bits) == entry.Bits)
                return true;
        }
    }
}
