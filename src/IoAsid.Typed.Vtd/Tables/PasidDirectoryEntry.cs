using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>An entry of the PASID directory, indexed by bits 19:6 of the PASID (VT-d, Scalable-Mode PASID Directory Entry).</summary>
[BitLayout("PASID directory entry", 64)]
public readonly partial record struct PasidDirectoryEntry
{
    /// <summary>P: the entry is present. Otherwise only FPD is valid.</summary>
    [Bits("P", 0)] public partial bool Present { get; init; }

    /// <summary>FPD: qualified faults of these PASIDs are not recorded, also if the entry is not present.</summary>
    [Bits("FPD", 1)] public partial bool FaultProcessingDisable { get; init; }

    /// <summary>SMPTBLPTR: the address of the PASID table, a multiple of 4096.</summary>
    [Bits("SMPTBLPTR", 12, 63, Content = FieldContent.HostAddress)] public partial ulong PasidTable { get; init; }

    /// <summary>Returns the index of the entry of a PASID in the directory.</summary>
    public static int IndexOf(Pasid pasid) => (int)(pasid.Value >> 6);
}
