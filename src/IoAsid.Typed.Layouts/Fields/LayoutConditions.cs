using System.Runtime.InteropServices;

namespace IoAsid.Typed.Layouts;

/// <summary>The properties of one piece of hardware that decide which fields exist in it.</summary>
/// <param name="Met">The requirements that are met: the value of the enumeration that the layouts use.</param>
/// <param name="Revision">The revision of the architecture; null if fields of all revisions exist.</param>
/// <param name="ReservedAddressBits">The address bits that no host address has.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LayoutConditions(ulong Met, Version? Revision = null, ulong ReservedAddressBits = 0)
{
    /// <summary>Conditions in which every field exists.</summary>
    public static LayoutConditions Everything => new(ulong.MaxValue);

    /// <summary>Returns true if a field or structure with these demands exists.</summary>
    /// <param name="needs">The requirements, all of which must be met.</param>
    /// <param name="since">The first revision that has it, or null.</param>
    /// <param name="removedIn">The first revision that no longer has it, or null.</param>
    public bool Meet(ulong needs, Version? since, Version? removedIn) =>
        (needs & ~Met) == 0 && (Revision is null || ((since is null || Revision >= since) && (removedIn is null || Revision < removedIn)));
}
