using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>An entry of the PASID directory, indexed by bits 19:6 of the PASID (VT-d, Scalable-Mode PASID Directory Entry).</summary>
[BitLayout("PASID directory entry", 64)]
public readonly partial record struct PasidDirectoryEntry
{
    /// <summary>P: the rest of the entry, except FPD, means something.</summary>
    [Bits("P", 0)] public partial bool Present { get; init; }

    /// <summary>FPD: qualified faults of these PASIDs are not recorded. Holds even if the entry is not present.</summary>
    [Bits("FPD", 1)] public partial bool FaultProcessingDisable { get; init; }

    /// <summary>SMPTBLPTR: the address of the PASID table, a multiple of 4096.</summary>
    [Bits("SMPTBLPTR", 12, 63, Content = FieldContent.HostAddress)] public partial ulong PasidTable { get; init; }

    /// <summary>Returns the index of the entry of the directory that serves a PASID.</summary>
    public static int IndexOf(Pasid pasid) => (int)(pasid.Value >> 6);
}
