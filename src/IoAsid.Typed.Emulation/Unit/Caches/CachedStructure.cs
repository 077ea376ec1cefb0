using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>A paging entry of an upper level as a paging-structure cache holds it (VT-d 6.2.5).</summary>
/// <param name="Table">The address of the table that the entry refers to. Under nesting the address of a first-stage table is a guest address.</param>
/// <param name="HostTable">The host address of that table.</param>
/// <param name="Rights">The rights that the entry and those above it give together.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CachedStructure(ulong Table, ulong HostTable, EntryRights Rights);
