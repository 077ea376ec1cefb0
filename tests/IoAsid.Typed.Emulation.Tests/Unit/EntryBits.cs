namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The bits of paging entries, by the positions of VT-d 9.7 and 9.8.</summary>
internal static class EntryBits
{
    /// <summary>The first-stage flags P, R/W and U/S.</summary>
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
}
