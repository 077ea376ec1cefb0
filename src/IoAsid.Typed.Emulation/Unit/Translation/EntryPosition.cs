using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>Where a walk found an entry.</summary>
/// <param name="Address">Its host address.</param>
/// <param name="Index">Which entry of its table it is.</param>
/// <param name="Level">The level of a paging entry, 1 to 5; 0 for others.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EntryPosition(ulong Address, int Index, int Level = 0);
