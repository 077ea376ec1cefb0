using System.Runtime.CompilerServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The rights that paging entries give: those of an entry, or the logical AND over several levels. Each flag but the last is the bit of the entry that gives the
/// right.
/// </summary>
[Flags]
internal enum EntryRights
{
    None = 0,

    /// <summary>R of the second stage.</summary>
    Readable = 1 << 0,

    /// <summary>R/W of the first stage, W of the second.</summary>
    Writable = 1 << 1,

    /// <summary>U/S of the first stage.</summary>
    User = 1 << 2,

    /// <summary>XD of the first stage is clear.</summary>
    Executable = 1 << 3,

    All = Readable | Writable | User | Executable,
}

/// <summary>The computation of <see cref="EntryRights"/>.</summary>
internal static class EntryRightsExtensions
{
    /// <summary>Returns the rights of a first-stage entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EntryRights RightsOf(FirstStageEntry entry) =>
        EntryRights.Readable
        | (EntryRights)entry.Bits.Value & (EntryRights.Writable | EntryRights.User)
        | (entry.ExecuteDisable ? EntryRights.None : EntryRights.Executable);

    /// <summary>Returns the rights of a second-stage entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EntryRights RightsOf(SecondStageEntry entry) =>
        EntryRights.User | EntryRights.Executable | (EntryRights)entry.Bits.Value & (EntryRights.Readable | EntryRights.Writable);

    /// <summary>Returns true if a right is given.</summary>
    public static bool Has(this EntryRights rights, EntryRights right) => (rights & right) != EntryRights.None;
}
