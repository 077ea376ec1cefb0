using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>An entry of a paging-structure cache (VT-d 6.2.5).</summary>
/// <param name="Table">The address of the table that the entry refers to. With nested translation the address of a first-stage table is a guest address.</param>
/// <param name="HostTable">The host address of that table.</param>
/// <param name="Rights">The rights that the entry and the entries above it grant together.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CachedStructure(ulong Table, ulong HostTable, EntryRights Rights);
