using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// The tables as a walk finds them, decoded from raw bits without the layouts of the code under test. A leaf is an entry that hardware uses or, in the first
/// stage, a page that is kept in an entry that is not present.
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

    /// <summary>The leaves by the first address of their page.</summary>
    public SortedDictionary<ulong, Leaf> Leaves { get; } = [];

    public int Tables { get; private set; }

    /// <summary>The entries that point to tables.</summary>
    public List<ulong> Links { get; } = [];

    public static RawTables Of(IPhysicalMemory memory, ulong root, int levels) => new(memory, root, levels);

    public static RawTables Of(IPhysicalMemory memory, ProcessAddressSpace process) => new(memory, process.Root, process.Levels);

    /// <summary>Returns the leaf of a mapped address, found by a separate walk.</summary>
    public static Leaf LeafOf(IPhysicalMemory memory, ProcessAddressSpace process, ulong address)
    {
        ulong table = process.Root;
        for (int level = process.Levels; ; level--)
        {
            ulong size = 1UL << 3 + 9 * level;
            ulong entryAddress = table + (address / size % 512) * 8;
            ulong entry = memory.ReadUInt64(entryAddress);
            Assert.NotEqual(0UL, entry);
            if (level == 1 || (entry & PageSize) != 0)
                return new Leaf(entryAddress, entry, size);
            table = entry & AddressBits;
        }
    }

    /// <summary>Returns all leaves as text, for comparisons.</summary>
    public override string ToString() =>
        string.Join('\n', Leaves.Select(leaf => $"{leaf.Key:X} {leaf.Value.EntryAddress:X} {leaf.Value.Entry:X}").Append($"{Tables} tables"));

    private void Walk(ulong table, int level, ulong address)
    {
        Tables++;
        for (ulong index = 0; index < 512; index++)
        {
            ulong entryAddress = table + index * 8;
            ulong entry = _memory.ReadUInt64(entryAddress);
            ulong size = 1UL << 3 + 9 * level;
            ulong start = address + index * size;
            if (entry == 0)
                continue;
            if (level == 1 || (entry & PageSize) != 0)
                Leaves.Add(start, new Leaf(entryAddress, entry, size));
            else
                Follow(entry, level, start);
        }
    }

    private void Follow(ulong link, int level, ulong start)
    {
        Links.Add(link);
        Walk(link & AddressBits, level - 1, start);
    }

    public sealed record Leaf(ulong EntryAddress, ulong Entry, ulong Size)
    {
        public ulong Physical => Entry & AddressBits & ~(Size - 1);

        public bool Has(ulong bits) => (Entry & bits) == bits;
    }
}
