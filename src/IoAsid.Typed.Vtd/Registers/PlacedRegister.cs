using System.Collections.Immutable;

namespace IoAsid.Typed.Vtd;

/// <summary>A register of a unit: its fields with their access, its offset, and the masks for the capabilities of the unit.</summary>
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

    /// <summary>The name in the architecture, without the suffix _REG.</summary>
    public string Name => Description.Name;

    /// <summary>The structure of the register; for a half of a fault record that of the whole record.</summary>
    public Layout Layout => Description.Layout;

    /// <summary>The word of the structure that the register has: 1 for the upper half of a fault record, else 0.</summary>
    public int Word => Description.Word;

    /// <summary>The conditions for the register to exist. Without them all its bits are reserved and read 0.</summary>
    public Requirement Needs => Description.Needs;

    /// <summary>The fields of this register, each with its access kind.</summary>
    public ImmutableArray<BitField> Fields => Description.Fields;

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

    internal RegisterDescription Description { get; }

    /// <summary>Returns the name and the offset.</summary>
    public override string ToString() => $"{Name} at 0x{Offset:X3}";
}
