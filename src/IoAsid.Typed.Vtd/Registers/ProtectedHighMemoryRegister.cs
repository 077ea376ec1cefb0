namespace IoAsid.Typed.Vtd;

/// <summary>PHMBASE and PHMLIMIT: the protected region above 4 GiB.</summary>
[BitLayout("PHM_REG", 64, Needs = Requirement.ProtectedHighMemory)]
public readonly partial record struct ProtectedHighMemoryRegister
{
    /// <summary>The address, a multiple of 1 MiB. The granularity depends on the unit; in this layout it is 1 MiB.</summary>
    [Bits("PHM", 20, 63, Content = FieldContent.HostAddress)] public partial ulong Address { get; init; }
}
