namespace IoAsid.Typed.Vtd;

/// <summary>FEDATA, IEDATA and PEDATA: what the interrupt writes.</summary>
/// <param name="Bits">The raw bits.</param>
[BitLayout("EDATA_REG", 32)]
public readonly partial record struct EventDataRegister(Bits64 Bits)
{
    /// <summary>IMD: the low half of the message data.</summary>
    [Bits("IMD", 0, 15)] public partial ushort Data { get; init; }

    /// <summary>EIMD: the high half; without ECAP.EIM a unit may have only 16 bits.</summary>
    [Bits("EIMD", 16, 31, Needs = Requirement.ExtendedInterruptMode)] public partial ushort ExtendedData { get; init; }
}
