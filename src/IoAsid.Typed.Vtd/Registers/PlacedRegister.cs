namespace IoAsid.Typed.Vtd;

/// <summary>A register of a unit, with its offset and with the masks for the capabilities of the unit.</summary>
/// <remarks>Immutable, so safe for all threads.</remarks>
public sealed class PlacedRegister
{
    internal PlacedRegister(RegisterDescription description, int offset, int index, in VtdCapabilities capabilities)
    {
        Description = description;
        Offset = offset;
        Index = index;
        Reset = description.ResetValue(capabilities);
        Masks = description.Masks(capabilities);
    }

    /// <summary>The register as the architecture describes it.</summary>
    public RegisterDescription Description { get; }

    /// <summary>The offset in bytes from the base of the unit's registers.</summary>
    public int Offset { get; }

    /// <summary>The zero-based number of a fault recording register; 0 for all other registers.</summary>
    public int Index { get; }

    /// <summary>The width in bits: 32 or 64.</summary>
    public int Width => Description.Width;

    /// <summary>The offset in bytes of what follows.</summary>
    public int End => Offset + (Width / 8);

    /// <summary>The value after reset.</summary>
    public ulong Reset { get; }

    /// <summary>The effect of software's accesses.</summary>
    public RegisterMasks Masks { get; }

    /// <summary>Returns the name and the offset.</summary>
    public override string ToString() => $"{Description.Name} at 0x{Offset:X3}";
}
