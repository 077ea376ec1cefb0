using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>An entry that refers to a table, as a paging-structure cache holds it (VT-d 6.2.5). It has two words.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CachedStructure
{
    /// <summary>The host address of a guest's table before the second stage has translated its address. No table and no memory is at this address.</summary>
    public const ulong Untranslated = ulong.MaxValue;

    private const int LevelPlace = 4;
    private const int LevelBits = 0b111;

    // The address of the table, whose low bits are free: the rights in bits 3:0, and the level in bits 6:4.
    private readonly ulong _table;

    /// <param name="table">The address of the table that the entry refers to. With nested translation the address of a first-stage table is a guest address.</param>
    /// <param name="hostTable">The host address of that table.</param>
    /// <param name="rights">The rights that the entry and the entries above it grant together.</param>
    /// <param name="level">The level of the entry. The level of the table is one less.</param>
    public CachedStructure(ulong table, ulong hostTable, EntryRights rights, int level)
    {
        _table = table | (uint)rights | (uint)(level << LevelPlace);
        HostTable = hostTable;
    }

    /// <summary>The address of the table that the entry refers to.</summary>
    public ulong Table => _table & ~(ulong)(TranslationTables.TableSize - 1);

    /// <summary>The host address of that table.</summary>
    public ulong HostTable { get; }

    /// <summary>The rights that the entry and the entries above it grant together.</summary>
    public EntryRights Rights => (EntryRights)_table & EntryRights.All;

    /// <summary>The level of the entry.</summary>
    public int Level => (int)(_table >> LevelPlace) & LevelBits;
}
