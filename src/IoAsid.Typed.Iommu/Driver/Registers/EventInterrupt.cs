using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>An interrupt of the unit itself: four registers side by side (control, data, address, upper address).</summary>
internal static class EventInterrupt
{
    /// <summary>Has the unit send its interrupt to a vector.</summary>
    public static void Arm(UnitRegisters registers, int controlOffset, InterruptMessage message)
    {
        registers.WriteNarrow(controlOffset + 4, message.Data);
        registers.WriteNarrow(controlOffset + 8, (uint)message.Address);
        registers.WriteNarrow(controlOffset + 12, (uint)(message.Address >> 32));
        registers.Write(controlOffset, new EventControlRegister { InterruptMask = false });
    }

    /// <summary>Has the unit keep it to itself.</summary>
    public static void Mask(UnitRegisters registers, int controlOffset) =>
        registers.Write(controlOffset, new EventControlRegister { InterruptMask = true });
}
