namespace IoAsid.Typed.Vtd;

/// <summary>An entry of the scalable-mode root table, indexed by bus: the addresses of the two context tables of the bus (VT-d, Scalable-Mode Root Entry).</summary>
/// <remarks>
/// Each half is present, or not, by itself. Test each word that is present against the same word of the mask: an error in one half blocks the requests of both.
/// </remarks>
[BitLayout("Scalable root entry", 128)]
public readonly partial record struct ScalableRootEntry
{
    /// <summary>LP: the lower half is present.</summary>
    [Bits("LP", 0)] public partial bool LowerPresent { get; init; }

    /// <summary>LCTP: the address of the context table of devices 0 to 15, a multiple of 4096.</summary>
    [Bits("LCTP", 12, 63, Content = FieldContent.HostAddress)] public partial ulong LowerContextTable { get; init; }

    /// <summary>UP: the upper half is present.</summary>
    [Bits("UP", 64)] public partial bool UpperPresent { get; init; }

    /// <summary>UCTP: the address of the context table of devices 16 to 31, a multiple of 4096.</summary>
    [Bits("UCTP", 76, 127, Content = FieldContent.HostAddress)] public partial ulong UpperContextTable { get; init; }

    /// <summary>Returns the word of the entry for a device and function: 0 below 128, 1 from 128 on.</summary>
    /// <param name="devfn">The low byte of the source id.</param>
    public static int HalfOf(byte devfn) => devfn >> 7;

    /// <summary>Returns true if the half for a device and function is present.</summary>
    public bool IsPresent(byte devfn) => HalfOf(devfn) == 0 ? LowerPresent : UpperPresent;

    /// <summary>Returns the context table for a device and function.</summary>
    public ulong ContextTable(byte devfn) => HalfOf(devfn) == 0 ? LowerContextTable : UpperContextTable;
}
