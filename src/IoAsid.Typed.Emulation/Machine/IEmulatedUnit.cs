using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>An emulated remapping unit. Requests of devices arrive from the fabric. Drivers use the registers.</summary>
internal interface IEmulatedUnit : ITranslationAgent
{
    /// <summary>The registers of the unit. An access never runs code of a driver or of a device.</summary>
    IRegisterBlock Registers { get; }
}
