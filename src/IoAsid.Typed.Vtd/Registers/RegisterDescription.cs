using System.Collections.Immutable;

namespace IoAsid.Typed.Vtd;

/// <summary>The description of a register in the architecture: its offset, its fields and their access.</summary>
/// <remarks>Immutable, so safe for all threads. <see cref="RegisterFile"/> has all of them, placed according to the capabilities of a unit.</remarks>
internal sealed class RegisterDescription
{
    private readonly Func<VtdCapabilities, ulong> _reset;

    public RegisterDescription(
        string name,
        int offset,
        Layout layout,
        Requirement needs = Requirement.None,
        RegisterBase relativeTo = RegisterBase.Unit,
        int word = 0,
        Func<VtdCapabilities, ulong>? reset = null,
        RegisterAccess? access = null)
    {
        Name = name;
        Offset = offset;
        Layout = layout;
        Needs = needs | (Requirement)layout.Needs;
        RelativeTo = relativeTo;
        Word = word;
        Fields = [.. layout.Fields.Where(field => field.Word == word).Select(field => field with { Access = access ?? field.Access })];
        _reset = reset ?? (static _ => 0);
    }

    /// <summary>The name in the architecture, without the suffix _REG.</summary>
    public string Name { get; }

    /// <summary>The offset in bytes from <see cref="RelativeTo"/>.</summary>
    public int Offset { get; }

    /// <summary>The base that the offset counts from.</summary>
    public RegisterBase RelativeTo { get; }

    /// <summary>The width in bits: 32 or 64.</summary>
    public int Width => Math.Min(Layout.Size, 64);

    /// <summary>The structure of the register; for a half of a fault record that of the whole record.</summary>
    public Layout Layout { get; }

    /// <summary>The word of the structure that the register has: 1 for the upper half of a fault record, else 0.</summary>
    public int Word { get; }

    /// <summary>The conditions for the register to exist; without them all its bits are reserved and read 0.</summary>
    public Requirement Needs { get; }

    /// <summary>The fields of this register, each with its access kind.</summary>
    public ImmutableArray<BitField> Fields { get; }

    /// <summary>Returns the value after reset.</summary>
    public ulong ResetValue(in VtdCapabilities capabilities) => _reset(capabilities);

    /// <summary>Returns the effect of software's accesses in a unit with these capabilities.</summary>
    public RegisterMasks Masks(in VtdCapabilities capabilities) => new(Fields, capabilities);

    /// <summary>Returns the name and the offset.</summary>
    public override string ToString() =>
        RelativeTo == RegisterBase.Unit ? $"{Name} at 0x{Offset:X3}" : $"{Name} at {RelativeTo}+0x{Offset:X}";
}

/// <summary>The base that the offset of a register counts from.</summary>
internal enum RegisterBase
{
    /// <summary>The base of the unit's registers.</summary>
    Unit,
    /// <summary>The offset in ECAP.IRO: IVA and IOTLB.</summary>
    Iotlb,
    /// <summary>The offset in CAP.FRO, once for each of the CAP.NFR + 1 fault recording registers.</summary>
    FaultRecords,
}
