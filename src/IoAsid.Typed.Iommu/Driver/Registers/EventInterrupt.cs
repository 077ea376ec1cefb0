using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>An interrupt of the unit itself, with four consecutive registers: control, data, address and upper address.</summary>
internal static class EventInterrupt
{
    /// <summary>Sets the message of the interrupt and unmasks it.</summary>
    public static void Enable(DriverRegisters registers, int controlOffset, InterruptMessage message)
    {
        registers.WriteNarrow(controlOffset + 4, message.Data);
        registers.WriteNarrow(controlOffset + 8, (uint)message.Address);
        registers.WriteNarrow(controlOffset + 12, (uint)(message.Address >> 32));
        registers.Write(controlOffset, new EventControlRegister { InterruptMask = false });
    }

    /// <summary>Masks the interrupt.</summary>
    public static void Mask(DriverRegisters registers, int controlOffset) =>
        registers.Write(controlOffset, new EventControlRegister { InterruptMask = true });
}
