namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// Page tables in memory. The tables of both stages have 512 entries of 8 bytes. With an offset, the entries contain other addresses than those of the tables, like guest addresses.
/// </summary>
internal sealed class PageTables(SparseMemory memory, ulong top, int levels, ulong link, ulong offset = 0)
{
    private const ulong AddressBits = 0x000F_FFFF_FFFF_F000;

    private ulong _next = top + 4096;

    /// <summary>The first-stage flags P, R/W and U/S, with A set, so that walks change nothing.</summary>
    public const ulong User = 0b111;
    public const ulong Accessed = 1 << 5;
    public const ulong Dirty = 1 << 6;
    public const ulong PageSize = 1 << 7;
    public const ulong ExtendedAccessed = 1 << 10;
    public const ulong ExecuteDisable = 1UL << 63;

    /// <summary>The second-stage flags R and W.</summary>
    public const ulong ReadWrite = 0b11;
    public const ulong SecondAccessed = 1 << 8;
    public const ulong SecondDirty = 1 << 9;

    public ulong Top => top;

    /// <summary>The entry of an address at a level. Missing tables are created.</summary>
    public ulong this[ulong input, int level = 1]
    {
        get => memory.TryReadUInt64(PlaceOf(input, level), out ulong entry) ? entry : throw new ArgumentOutOfRangeException(nameof(input));
        set => Assert.True(memory.TryWriteUInt64(PlaceOf(input, level), value));
    }

    /// <summary>Returns the address of the entry in memory.</summary>
    public ulong PlaceOf(ulong input, int level = 1)
    {
        ulong table = top;
        for (int at = levels; at > level; at--)
        {
            ulong place = table + offset + Index(input, at) * 8;
            Assert.True(memory.TryReadUInt64(place, out ulong entry));
            if ((entry & AddressBits) == 0)
            {
                entry = _next | link;
                _next += 4096;
                Assert.True(memory.TryWriteUInt64(place, entry));
            }

            table = entry & AddressBits;
        }

        return table + offset + Index(input, level) * 8;
    }

    private static ulong Index(ulong input, int level) => input >> 12 + 9 * (level - 1) & 511;
}
