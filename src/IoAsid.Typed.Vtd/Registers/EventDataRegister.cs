namespace IoAsid.Typed.Vtd;

/// <summary>FEDATA, IEDATA and PEDATA: the data of the interrupt message.</summary>
[BitLayout("EDATA_REG", 32)]
public readonly partial record struct EventDataRegister(Bits64 Bits)
{
    /// <summary>IMD: the low half of the message data.</summary>
    [Bits("IMD", 0, 15)] public partial ushort Data { get; init; }

    /// <summary>EIMD: the high half. Revision 3, with ECAP.EIM; reserved since.</summary>
    [Bits("EIMD", 16, 31, Needs = Requirement.ExtendedInterruptMode, RemovedIn = "4.0")] public partial ushort ExtendedData { get; init; }
}
