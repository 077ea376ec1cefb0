namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// Lays page tables into memory: both stages have 512 entries of 8 bytes in each. With an offset they lie elsewhere than they say, as a guest's do.
/// </summary>
internal sealed class PageTables(SparseMemory memory, ulong top, int levels, ulong link, ulong offset = 0)
{
    private const ulong AddressBits = 0x000F_FFFF_FFFF_F000;

    private ulong _next = top + 4096;

    /// <summary>First stage: present, writable, user; with A set, so that walks change nothing.</summary>
    public const ulong User = 0b111;
    public const ulong Accessed = 1 << 5;
    public const ulong Dirty = 1 << 6;
    public const ulong PageSize = 1 << 7;
    public const ulong ExtendedAccessed = 1 << 10;
    public const ulong ExecuteDisable = 1UL << 63;

    /// <summary>Second stage: read and write.</summary>
    public const ulong ReadWrite = 0b11;
    public const ulong SecondAccessed = 1 << 8;
    public const ulong SecondDirty = 1 << 9;

    public ulong Top => top;

    /// <summary>The entry that translates an address at a level, with tables made on the way.</summary>
    public ulong this[ulong input, int level = 1]
    {
        get => memory.TryReadUInt64(PlaceOf(input, level), out ulong entry) ? entry : throw new ArgumentOutOfRangeException(nameof(input));
        set => Assert.True(memory.TryWriteUInt64(PlaceOf(input, level), value));
    }

    /// <summary>Where that entry is in memory.</summary>
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
