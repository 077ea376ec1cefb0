using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// What a walk of tables would find, decoded by raw bits and without the layouts the code under test uses. A leaf is what hardware would use or, in
/// the first stage, what is kept in an entry that is not present.
/// </summary>
internal sealed class RawTables
{
    public const ulong Present = 1;
    public const ulong Writable = 1 << 1;
    public const ulong User = 1 << 2;
    public const ulong Accessed = 1 << 5;
    public const ulong Dirty = 1 << 6;
    public const ulong ExecuteDisable = 1UL << 63;

    private const ulong PageSize = 1 << 7;
    private const ulong AddressBits = 0x000F_FFFF_FFFF_F000;

    private readonly IPhysicalMemory _memory;

    private RawTables(IPhysicalMemory memory, ulong root, int levels)
    {
        _memory = memory;
        Walk(root, levels, 0);
    }

    /// <summary>By the first address of the page.</summary>
    public SortedDictionary<ulong, Leaf> Leaves { get; } = [];

    public int Tables { get; private set; }

    /// <summary>The entries that lead to tables.</summary>
    public List<ulong> Links { get; } = [];

    public static RawTables Of(IPhysicalMemory memory, ulong root, int levels) => new(memory, root, levels);

    public static RawTables Of(IPhysicalMemory memory, ProcessAddressSpace process) => new(memory, process.Root, process.Levels);

    /// <summary>The leaf that an address is reached through, found by a walk of its own. It must be mapped.</summary>
    public static Leaf LeafOf(IPhysicalMemory memory, ProcessAddressSpace process, ulong address)
    {
        ulong table = process.Root;
        for (int level = process.Levels; ; level--)
        {
            ulong size = 1UL << 3 + 9 * level;
            ulong place = table + (address / size % 512) * 8;
            ulong entry = memory.ReadUInt64(place);
            Assert.NotEqual(0UL, entry);
            if (level == 1 || (entry & PageSize) != 0)
                return new Leaf(place, entry, size);
            table = entry & AddressBits;
        }
    }

    /// <summary>All of it as text, for comparisons.</summary>
    public override string ToString() =>
        string.Join('\n', Leaves.Select(leaf => $"{leaf.Key:X} {leaf.Value.Place:X} {leaf.Value.Entry:X}").Append($"{Tables} tables"));

    private void Walk(ulong table, int level, ulong address)
    {
        Tables++;
        for (ulong index = 0; index < 512; index++)
        {
            ulong place = table + index * 8;
            ulong entry = _memory.ReadUInt64(place);
            ulong size = 1UL << 3 + 9 * level;
            ulong start = address + index * size;
            if (entry == 0)
                continue;
            if (level == 1 || (entry & PageSize) != 0)
                Leaves.Add(start, new Leaf(place, entry, size));
            else
                Follow(entry, level, start);
        }
    }

    private void Follow(ulong link, int level, ulong start)
    {
        Links.Add(link);
        Walk(link & AddressBits, level - 1, start);
    }

    public sealed record Leaf(ulong Place, ulong Entry, ulong Size)
    {
        public ulong Physical => Entry & AddressBits & ~(Size - 1);

        public bool Has(ulong bits) => (Entry & bits) == bits;
    }
}
