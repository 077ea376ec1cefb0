using IoAsid.Typed.Layouts;

namespace Device;

[BitLayout("STATUS", 32)]
public readonly partial record struct StatusRegister
{
    [Bits("EN", 0)] public bool Enabled { get; init; } // IOASID5006

    [Bits("QD", 8, 16)] public partial byte QueueDepth { get; init; } // IOASID5004
}
