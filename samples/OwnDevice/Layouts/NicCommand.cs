using IoAsid.Typed.Hardware;
using IoAsid.Typed.Layouts;

namespace OwnDevice;

/// <summary>A command to the network card.</summary>
[BitLayout("NIC_COMMAND", 64)]
public readonly partial record struct NicCommand
{
    /// <summary>STOP: disables the queues of a PASID, and ends their waits.</summary>
    [Bits("STOP", 0)] public partial bool Stop { get; init; }

    /// <summary>PASID: the address space that the card must not use after the command.</summary>
    [Bits("PASID", 32, 51)] public partial Pasid Pasid { get; init; }
}
