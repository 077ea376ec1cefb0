namespace IoAsid.Typed;

/// <summary>
/// Marks the code where bare numbers come in from hardware, firmware or a guest's registers, and so the only code that makes a
/// <see cref="RawIoAsid"/> from an integer. The analyzer reports it anywhere else (IOASID3001).
/// </summary>
/// <remarks>
/// It counts for the marked member, type or assembly and for everything in it. It is not inherited: whoever overrides or implements a marked
/// member says for itself whether it reads hardware. A test project plays the hardware and is marked as a whole:
/// <c>[assembly: HardwareBoundary]</c>.
/// </remarks>
[AttributeUsage(
    AttributeTargets.Assembly | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface
        | AttributeTargets.Constructor | AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Event,
    Inherited = false)]
public sealed class HardwareBoundaryAttribute : Attribute;
