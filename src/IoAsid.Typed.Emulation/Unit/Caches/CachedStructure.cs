using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>An entry that refers to a table, as a paging-structure cache holds it (VT-d 6.2.5).</summary>
/// <param name="Table">The address of the table that the entry refers to. With nested translation the address of a first-stage table is a guest address.</param>
/// <param name="HostTable">The host address of that table.</param>
/// <param name="Rights">The rights that the entry and the entries above it grant together.</param>
/// <param name="Level">The level of the entry. The level of the table is one less.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CachedStructure(ulong Table, ulong HostTable, EntryRights Rights, int Level)
{
    /// <summary>The host address of a guest's table before the second stage has translated its address. It is no address of a table, because it is not aligned.</summary>
    public const ulong Untranslated = ulong.MaxValue;
}
