namespace IoAsid.Typed;

/// <summary>
/// Marks the code that receives bare numbers from hardware, firmware or a guest's registers. Only this code makes a
/// <see cref="RawIoAsid"/> from an integer. The analyzer reports such a conversion in other code (IOASID3001).
/// </summary>
/// <remarks>
/// The mark covers the member, type or assembly and everything in it. It is not inherited: an override or implementation of a marked
/// member needs a mark of its own. A test project plays the hardware and is marked as a whole:
/// <c>[assembly: HardwareBoundary]</c>.
/// </remarks>
[AttributeUsage(
    AttributeTargets.Assembly | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface
        | AttributeTargets.Constructor | AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Event,
    Inherited = false)]
public sealed class HardwareBoundaryAttribute : Attribute;
