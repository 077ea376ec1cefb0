namespace IoAsid.Typed.Vtd;

/// <summary>A register of a unit: at its offset, with the masks that the capabilities of the unit leave.</summary>
/// <remarks>Immutable, so safe for all threads.</remarks>
public sealed class PlacedRegister
{
    private readonly ulong _readable;

    internal PlacedRegister(RegisterDescription description, int offset, int index, in VtdCapabilities capabilities)
    {
        Description = description;
        Offset = offset;
        Index = index;
        Reset = description.ResetValue(capabilities);
        ReadWriteMask = description.Mask(RegisterAccess.ReadWrite, capabilities);
        WriteOnlyMask = description.Mask(RegisterAccess.WriteOnly, capabilities);
        OneToClearMask = description.Mask(RegisterAccess.OneToClear, capabilities);
        OneShotMask = description.Mask(RegisterAccess.OneShot, capabilities);
        _readable = description.IsWriteOnly ? 0 : ~WriteOnlyMask;
    }

    /// <summary>The register as the architecture describes it.</summary>
    public RegisterDescription Description { get; }

    /// <summary>The offset in bytes from the base of the unit's registers.</summary>
    public int Offset { get; }

    /// <summary>Which fault recording register it is; 0 for all others.</summary>
    public int Index { get; }

    /// <summary>The width in bits: 32 or 64.</summary>
    public int Width => Description.Width;

    /// <summary>The offset in bytes of what follows.</summary>
    public int End => Offset + (Width / 8);

    /// <summary>The value after reset.</summary>
    public ulong Reset { get; }

    /// <summary>The bits that keep what is written and are read back.</summary>
    public ulong ReadWriteMask { get; }

    /// <summary>The bits that keep what is written and read as 0.</summary>
    public ulong WriteOnlyMask { get; }

    /// <summary>The bits that writing 1 clears.</summary>
    public ulong OneToClearMask { get; }

    /// <summary>The bits that begin an action.</summary>
    public ulong OneShotMask { get; }

    /// <summary>
    /// What a register holds after a write, before hardware acts on one-shot bits: each bit as its access kind says.
    /// </summary>
    /// <param name="current">What it holds.</param>
    /// <param name="written">What is written, in place; bits outside <paramref name="lanes"/> do not count.</param>
    /// <param name="lanes">The bits that the access covers: all, or a 32-bit half.</param>
    public ulong Write(ulong current, ulong written, ulong lanes = ulong.MaxValue)
    {
        ulong stored = (ReadWriteMask | WriteOnlyMask) & lanes;
        ulong cleared = OneToClearMask & written & lanes;
        ulong begun = OneShotMask & written & lanes;
        return (((current & ~stored) | (written & stored)) & ~cleared) | begun;
    }

    /// <summary>What a read gives: everything but write-only bits, and nothing of a write-only register.</summary>
    public ulong Read(ulong current) => current & _readable;

    /// <summary>Name and offset.</summary>
    public override string ToString() => $"{Description.Name} at 0x{Offset:X3}";
}
