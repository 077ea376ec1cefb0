using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>The position of an entry that a walk has read.</summary>
/// <param name="Address">The host address.</param>
/// <param name="Index">The zero-based index in the table.</param>
/// <param name="Level">The level of a paging entry, 1 to 5; 0 for other entries.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EntryPosition(ulong Address, int Index, int Level = 0);
