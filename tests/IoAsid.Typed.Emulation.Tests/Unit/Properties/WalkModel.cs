using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>A short model of walks (VT-d 3.6 to 3.8, 7.1.3, 9.7, 9.8), for user requests and host addresses of 46 bits.</summary>
internal sealed class WalkModel(SparseMemory memory)
{
    private const ulong AddressBits = 0x000F_FFFF_FFFF_F000;
    private const int HostWidth = 46;

    /// <summary>Translates an address by the second stage, with 48 bits and 4 levels.</summary>
    public (FaultReason Fault, ulong Output) Second(ulong top, ulong input, bool read, bool write)
    {
        if (input >> 48 != 0)
            return (FaultReason.SecondStageAddressBeyondWidth, 0);
        ulong rights = 0b11;
        for ((int level, ulong table) = (4, top); ; level--)
        {
            if (!memory.TryReadUInt64(table + Index(input, level), out ulong entry))
                return (level == 4 ? FaultReason.SecondStageTableAccess : FaultReason.SecondStageEntryAccess, 0);
            if ((entry & 0b11) == 0)
                return (FaultReason.SecondStageEntryNotPresent, 0);
            bool leaf = level == 1 || level < 4 && (entry & 1 << 7) != 0;
            if ((entry & (1UL << 62 | Above(HostWidth) | (level == 4 ? 1UL << 7 : 0) | (leaf ? Offset(level) & ~0xFFFUL : 0))) != 0)
                return (FaultReason.SecondStageEntryReserved, 0);
            if (!leaf && (entry & 1 << 11) != 0)
                return (FaultReason.SecondStageEntryReserved, 0);
            rights &= entry;
            table = entry & AddressBits;
            if (leaf)
                return (SecondRights(rights, read, write, table | input & Offset(level)), table | input & Offset(level));
        }
    }

    /// <summary>Translates an address by the first stage, nested in a second stage if there is one.</summary>
    public (FaultReason Fault, ulong Output) First(ulong top, int levels, ulong? second, ulong input, bool write)
    {
        int unused = 64 - (12 + 9 * levels);
        if ((ulong)((long)(input << unused) >> unused) != input)
            return (FaultReason.NotCanonical, 0);
        ulong rights = 0b111;
        for ((int level, ulong table) = (levels, top); ; level--)
        {
            (FaultReason fault, ulong place) = EntryPlace(second, table + Index(input, level), level == levels);
            if (fault != FaultReason.None)
                return (fault, 0);
            if (!memory.TryReadUInt64(place, out ulong entry))
                return (level == levels ? FaultReason.FirstStageTableAccess : FaultReason.FirstStageEntryAccess, 0);
            if ((entry & 1) == 0)
                return (FaultReason.FirstStageEntryNotPresent, 0);
            bool leaf = level == 1 || level < 4 && (entry & 1 << 7) != 0;
            if ((entry & (Above(HostWidth) | (level > 3 ? 1UL << 7 : 0) | (leaf ? Offset(level) & ~0x1FFFUL : 0))) != 0)
                return (FaultReason.FirstStageEntryReserved, 0);
            rights &= entry;
            if (leaf)
                return Leaf(second, rights, write, (entry & AddressBits & ~Offset(level)) | input & Offset(level), entry, table + Index(input, level));
            fault = Update(second, (entry & 1 << 5) == 0, table + Index(input, level));
            if (fault != FaultReason.None)
                return (fault, 0);
            table = entry & AddressBits;
        }
    }

    private (FaultReason Fault, ulong Output) Leaf(ulong? second, ulong rights, bool write, ulong output, ulong entry, ulong place)
    {
        if ((rights & 0b100) == 0)
            return (FaultReason.UserDenied, 0);
        if (write && (rights & 0b010) == 0)
            return (FaultReason.ScalableWriteDenied, 0);
        (FaultReason fault, output) = second is { } top ? Second(top, output, !write, write) : (FaultReason.None, output);
        if (fault == FaultReason.None && InterruptRange.Contains(output))
            fault = FaultReason.ScalableInterruptRange;
        if (fault == FaultReason.None)
            fault = Update(second, (entry & 1 << 5) == 0 || write && (entry & 1 << 6) == 0, place);
        return (fault, fault == FaultReason.None ? output : 0);
    }

    private (FaultReason Fault, ulong Place) EntryPlace(ulong? second, ulong address, bool top)
    {
        if (second is not { } table)
            return (FaultReason.None, address);
        (FaultReason fault, ulong place) = Second(table, address, read: true, write: false);
        if (fault == FaultReason.ScalableReadDenied)
            fault = top ? FaultReason.NestedTableReadDenied : FaultReason.NestedEntryReadDenied;
        return (fault, place);
    }

    private FaultReason Update(ulong? second, bool needed, ulong place)
    {
        if (!needed || second is not { } table)
            return FaultReason.None;
        FaultReason fault = Second(table, place, read: true, write: true).Fault;
        return fault == FaultReason.ScalableWriteDenied ? FaultReason.NestedEntryWriteDenied : fault;
    }

    private static FaultReason SecondRights(ulong rights, bool read, bool write, ulong output)
    {
        if (rights == 0)
            return FaultReason.SecondStageEntryNotPresent;
        if (write && (rights & 0b10) == 0)
            return FaultReason.ScalableWriteDenied;
        if (read && (rights & 0b01) == 0)
            return FaultReason.ScalableReadDenied;
        return InterruptRange.Contains(output) ? FaultReason.ScalableInterruptRange : FaultReason.None;
    }

    private static ulong Index(ulong input, int level) => (input >> 12 + 9 * (level - 1) & 511) * 8;

    private static ulong Offset(int level) => (1UL << 12 + 9 * (level - 1)) - 1;

    private static ulong Above(int width) => AddressBits & ulong.MaxValue << width;
}
