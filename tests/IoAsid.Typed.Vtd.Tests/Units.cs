namespace IoAsid.Typed.Vtd.Tests;

/// <summary>The capabilities of units in tests.</summary>
internal static class Units
{
    /// <summary>All capabilities, with revision 4.1 and 48-bit host addresses.</summary>
    public static VtdCapabilities Everything { get; } = new(ulong.MaxValue, ulong.MaxValue, 48);

    /// <summary>No capabilities, with revision 4.1 and 48-bit host addresses.</summary>
    public static VtdCapabilities Nothing { get; } = new(0, 0, 48);

    /// <summary>Returns all capabilities without some.</summary>
    public static VtdCapabilities Without(ExtendedCapabilityRegister missing) =>
        Everything with { ExtendedCapability = new(~(ulong)missing.Bits) };

    /// <summary>Returns some capabilities only.</summary>
    public static VtdCapabilities Only(CapabilityRegister capability = default, ExtendedCapabilityRegister extended = default) =>
        Nothing with { Capability = capability, ExtendedCapability = extended };
}
