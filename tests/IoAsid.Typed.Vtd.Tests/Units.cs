namespace IoAsid.Typed.Vtd.Tests;

/// <summary>Units that tests ask for.</summary>
internal static class Units
{
    /// <summary>All capabilities there are, revision 4.1, 48-bit host addresses.</summary>
    public static VtdCapabilities Everything { get; } = new(ulong.MaxValue, ulong.MaxValue, 48);

    /// <summary>None at all, revision 4.1, 48-bit host addresses.</summary>
    public static VtdCapabilities Nothing { get; } = new(0, 0, 48);

    /// <summary>All capabilities but some.</summary>
    public static VtdCapabilities Without(ExtendedCapabilityRegister missing) =>
        Everything with { ExtendedCapability = new(~(ulong)missing.Bits) };

    /// <summary>No capabilities but some.</summary>
    public static VtdCapabilities Only(CapabilityRegister capability = default, ExtendedCapabilityRegister extended = default) =>
        Nothing with { Capability = capability, ExtendedCapability = extended };
}
