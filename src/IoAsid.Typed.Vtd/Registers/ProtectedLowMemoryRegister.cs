namespace IoAsid.Typed.Vtd;

/// <summary>PLMBASE and PLMLIMIT: the protected region below 4 GiB.</summary>
[BitLayout("PLM_REG", 32, Needs = Requirement.ProtectedLowMemory)]
public readonly partial record struct ProtectedLowMemoryRegister(Bits64 Bits)
{
    /// <summary>The address, a multiple of 1 MiB. The granularity depends on the unit; in this layout it is 1 MiB.</summary>
    [Bits("PLM", 20, 31, Content = FieldContent.Address)] public partial ulong Address { get; init; }
}
