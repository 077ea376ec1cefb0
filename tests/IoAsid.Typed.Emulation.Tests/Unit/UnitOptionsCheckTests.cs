using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>Options that contradict themselves are refused when the unit is made, with the name of the capability and its bit.</summary>
public sealed class UnitOptionsCheckTests
{
    /// <summary>Bits to flip in CAP and ECAP, and what the message must name.</summary>
    public static TheoryData<ulong, ulong, string[]> Contradictions => new()
    {
        { 0b1110UL << 8, 0, ["CAP.SAGAW (12:8)", "ECAP.SLTS (46)"] },
        { 0, 1UL << 1, ["ECAP.SMTS (43)", "ECAP.QI (1)"] },
        { 0, 1UL << 46, ["ECAP.NEST (26)", "ECAP.FLTS (47)", "ECAP.SLTS (46)"] },
        { 0, 1UL << 47, ["ECAP.NEST (26)", "ECAP.FLTS (47)"] },
        { 1UL << 60, 1UL << 43 | 1UL << 29 | 1UL << 26, ["ECAP.PASID (40)", "ECAP.SMTS (43)"] },
        { 0, 1UL << 2, ["ECAP.PRS (29)", "ECAP.DT (2)"] },
        { 0, 1UL << 47 | 1UL << 26, ["CAP.FL5LP (60)", "ECAP.FLTS (47)"] },
        { 0, 1UL << 3, ["ECAP.IR (3)"] },
        { 1UL << 3, 0, ["CAP.AFL (3)"] },
        { 1UL << 5, 0, ["CAP.PLMR (5)"] },
        { 1UL << 6, 0, ["CAP.PHMR (6)"] },
        { 1UL << 59, 0, ["CAP.PI (59)"] },
        { 1UL << 61, 0, ["CAP.ECMDS (61)"] },
    };

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void A_contradiction_is_refused_by_name_and_bit(ulong capability, ulong extended, string[] named)
    {
        VtdCapabilities capabilities = VtdCapabilities.Everything with
        {
            Capability = new(VtdCapabilities.Everything.Capability.Bits ^ capability),
            ExtendedCapability = new(VtdCapabilities.Everything.ExtendedCapability.Bits ^ extended),
        };

        ArgumentException refusal = Assert.Throws<ArgumentException>(() => new UnitBench(UnitBench.Options with { Capabilities = capabilities }));
        Assert.All(named, name => Assert.Contains(name, refusal.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Registers_that_are_placed_on_others_are_refused_with_the_fields_that_place_them()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => new UnitBench(UnitBench.With(cap => cap with { FaultRecordOffset = 2 })));

        Assert.Contains("CAP.FRO", refusal.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> NumbersOutOfRange =>
    [
        nameof(UnitOptions.IotlbCapacity),
        nameof(UnitOptions.ContextCapacity),
        nameof(UnitOptions.InvalidationTimeout),
        nameof(UnitOptions.RefusalCode),
        nameof(UnitOptions.VirtualCommandPasids),
    ];

    [Theory]
    [MemberData(nameof(NumbersOutOfRange))]
    public void A_number_out_of_its_range_is_refused_by_name(string option)
    {
        UnitOptions options = option switch
        {
            nameof(UnitOptions.IotlbCapacity) => UnitBench.Options with { IotlbCapacity = 48 },
            nameof(UnitOptions.ContextCapacity) => UnitBench.Options with { ContextCapacity = 2 },
            nameof(UnitOptions.InvalidationTimeout) => UnitBench.Options with { InvalidationTimeout = TimeSpan.Zero },
            nameof(UnitOptions.RefusalCode) => UnitBench.Options with { RefusalCode = PageRequestResponseCode.Success },
            _ => UnitBench.Options with { VirtualCommandPasids = 0 },
        };

        ArgumentException refusal = Assert.Throws<ArgumentException>(() => new UnitBench(options));
        Assert.Contains(option, refusal.Message, StringComparison.Ordinal);
    }
}
