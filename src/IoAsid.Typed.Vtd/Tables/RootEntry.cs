namespace IoAsid.Typed.Vtd;

/// <summary>An entry of the legacy root table, indexed by bus: the address of the context table of the bus (VT-d, Root Entry).</summary>
[BitLayout("Root entry", 128)]
public readonly partial record struct RootEntry
{
    /// <summary>P: the entry is present.</summary>
    [Bits("P", 0)] public partial bool Present { get; init; }

    /// <summary>CTP: the address of the context table, a multiple of 4096.</summary>
    [Bits("CTP", 12, 63, Content = FieldContent.HostAddress)] public partial ulong ContextTable { get; init; }
}
