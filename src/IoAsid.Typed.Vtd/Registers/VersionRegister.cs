namespace IoAsid.Typed.Vtd;

/// <summary>VER: the version of the architecture.</summary>
[BitLayout("VER_REG", 32, Access = RegisterAccess.ReadOnly)]
public readonly partial record struct VersionRegister(Bits64 Bits)
{
    /// <summary>MIN: the minor version.</summary>
    [Bits("MIN", 0, 3)] public partial byte Minor { get; init; }

    /// <summary>MAX: the major version.</summary>
    [Bits("MAX", 4, 7)] public partial byte Major { get; init; }
}
