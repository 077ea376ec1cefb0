using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

// What the process's own processor does. It keeps no translations: between a walk and the access there is no await.
public sealed partial class ProcessAddressSpace
{
    private const ulong OffsetMask = AddressRange.PageSize - 1;

    /// <summary>Reads as the process: walks the tables, sets accessed bits, and faults pages in.</summary>
    /// <param name="address">The first address.</param>
    /// <param name="destination">Takes the bytes.</param>
    /// <returns>Complete when all are read. Fails with <see cref="SegmentationFaultException"/> where the process may not read, with an <see
    /// cref="IommuException"/> when there is no memory or the process has exited.</returns>
    public ValueTask ReadAsync(ulong address, Memory<byte> destination) => AccessAsync(
        address, destination.Length, MemoryRights.Read, (physical, piece) => _memory.Read(physical, destination.Span[piece]));

    /// <summary>Writes as the process: walks the tables, sets accessed and dirty bits, and faults pages in.</summary>
    /// <param name="address">The first address.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>Complete when all are written. Fails as <see cref="ReadAsync"/> does; pages before the failure are written then.</returns>
    public ValueTask WriteAsync(ulong address, ReadOnlyMemory<byte> source) => AccessAsync(
        address, source.Length, MemoryRights.Write, (physical, piece) => _memory.Write(physical, source.Span[piece]));

    /// <summary>Reads 8 bytes in one transaction, as <see cref="ReadAsync"/> does.</summary>
    /// <param name="address">A multiple of 8.</param>
    /// <returns>The value.</returns>
    public async ValueTask<ulong> ReadUInt64Async(ulong address)
    {
        ulong physical;
        while (!TryTranslate(address, MemoryRights.Read, out physical))
            await FaultInAsync(address, MemoryRights.Read);
        return _memory.ReadUInt64(physical);
    }

    /// <summary>Writes 8 bytes in one transaction, as <see cref="WriteAsync"/> does.</summary>
    /// <param name="address">A multiple of 8.</param>
    /// <param name="value">The value.</param>
    /// <returns>Complete when it is written.</returns>
    public async ValueTask WriteUInt64Async(ulong address, ulong value)
    {
        ulong physical;
        while (!TryTranslate(address, MemoryRights.Write, out physical))
            await FaultInAsync(address, MemoryRights.Write);
        _memory.WriteUInt64(physical, value);
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
        switch (await HandleFaultAsync(address, access))
        {
            case PageFaultOutcome.Handled:
                return;
            case PageFaultOutcome.NoMemory:
                throw FrameAllocator.NoMemory();
            case PageFaultOutcome.Exited:
                ThrowIfExited();
                return;
            case var refused:
                throw new SegmentationFaultException(address, access, refused);
        }
    }

    private bool TryTranslate(ulong address, MemoryRights access, out ulong physical)
    {
        physical = 0;
        return !HasExited && UserHalf.Contains(address) && TryWalk(address, access == MemoryRights.Write, out physical);
    }

    private bool TryWalk(ulong address, bool isWrite, out ulong physical)
    {
        ulong table = Root;
        for (int level = Levels; ; level--)
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
            entry = new FirstStageEntry(_memory.ReadUInt64(place));
            if (!entry.Present || isWrite && !entry.Writable)
                return false;
            FirstStageEntry used = entry with { Accessed = true, Dirty = entry.Dirty || isWrite && entry.IsLeaf(level) };
            if (used == entry || _memory.CompareExchange(place, entry.Bits, used.Bits) == entry.Bits)
                return true;
        }
    }
}
