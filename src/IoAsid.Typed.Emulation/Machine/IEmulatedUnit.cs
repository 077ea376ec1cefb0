using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>An emulated remapping unit: requests reach it from the fabric, drivers by its registers.</summary>
internal interface IEmulatedUnit : ITranslationAgent
{
    /// <summary>Its registers. An access never runs code of a driver or of a device.</summary>
    IRegisterBlock Registers { get; }
}
