namespace IoAsid.Typed.Vtd;

/// <summary>AW: the adjusted guest address width, which fixes the number of second-stage levels. Supported widths are bits of CAP.SAGAW.</summary>
public enum AddressWidth
{
    /// <summary>Not a width of this architecture.</summary>
    Invalid = 0,
    /// <summary>39 bits, 3 levels.</summary>
    Bits39 = 1,
    /// <summary>48 bits, 4 levels.</summary>
    Bits48 = 2,
    /// <summary>57 bits, 5 levels.</summary>
    Bits57 = 3,
}
