using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>Contradicting options are rejected when the unit is created, with the name of the capability and its bit.</summary>
public sealed class UnitOptionsCheckTests
{
    /// <summary>The bits of CAP to flip, and the names in the message.</summary>
    public static TheoryData<string, ulong, string[]> OfCapability => new()
    {
        { "SAGAW is empty", 0b1110UL << 8, ["CAP.SAGAW (12:8)"] },
        { "SAGAW names 30 bits", 1UL << 8, ["CAP.SAGAW (12:8)"] },
        { "SAGAW names 64 bits", 1UL << 12, ["CAP.SAGAW (12:8)"] },
        { "ND is reserved", 1, ["CAP.ND (2:0)"] },
        { "SSLPS has 1 GiB alone", 1UL << 34, ["CAP.SSLPS (37:34)"] },
        { "SSLPS has a reserved bit", 1UL << 36, ["CAP.SSLPS (37:34)"] },
        { "MGAW below the host's width", 0b11_0000UL << 16, ["CAP.MGAW (21:16)"] },
        { "RWBF with scalable mode", 1UL << 4, ["CAP.RWBF (4)", "ECAP.SMTS (43)"] },
        { "posted interrupts", 1UL << 59, ["CAP.PI (59)"] },
        { "advanced fault log", 1UL << 3, ["CAP.AFL (3)"] },
        { "protected low memory", 1UL << 5, ["CAP.PLMR (5)"] },
        { "protected high memory", 1UL << 6, ["CAP.PHMR (6)"] },
        { "enhanced commands", 1UL << 61, ["CAP.ECMDS (61)"] },
    };

    /// <summary>The bits of ECAP to flip, and the names in the message.</summary>
    public static TheoryData<string, ulong, string[]> OfExtendedCapability => new()
    {
        { "scalable mode without a queue", 1UL << 1, ["ECAP.SMTS (43)", "ECAP.QI (1)"] },
        { "device TLBs without a queue", 1UL << 1 | AllOfScalableMode, ["ECAP.DT (2)", "ECAP.QI (1)"] },
        { "a first stage alone", 1UL << 43, ["ECAP.FSTS (47)", "ECAP.SMTS (43)"] },
        { "PASIDs alone", AllOfScalableMode ^ 1UL << 40, ["ECAP.PASID (40)", "ECAP.SMTS (43)"] },
        { "RID_PASID alone", AllOfScalableMode ^ 1UL << 49, ["ECAP.RPS (49)", "ECAP.SMTS (43)"] },
        { "supervisors alone", AllOfScalableMode ^ 1UL << 31, ["ECAP.SRS (31)", "ECAP.SMTS (43)"] },
        { "coherent walks alone", AllOfScalableMode ^ 1UL << 48, ["ECAP.SMPWCS (48)", "ECAP.SMTS (43)"] },
        { "memory types alone", AllOfScalableMode ^ 1UL << 25, ["ECAP.MTS (25)", "ECAP.SMTS (43)"] },
        { "a width of PASIDs alone", AllOfScalableMode ^ 1UL << 35, ["ECAP.PSS (39:35)", "ECAP.SMTS (43)"] },
        { "nesting without a second stage", 1UL << 46, ["ECAP.NEST (26)", "ECAP.FSTS (47)", "ECAP.SSTS (46)"] },
        { "EAFS without coherent walks", 1UL << 48 | 1UL << 45, ["ECAP.EAFS (34)", "ECAP.SMPWCS (48)"] },
        { "SSADS without coherent walks", 1UL << 48 | 1UL << 34, ["ECAP.SSADS (45)", "ECAP.SMPWCS (48)"] },
        { "page requests without device TLBs", 1UL << 2, ["ECAP.PRS (29)", "ECAP.DT (2)"] },
        { "page requests alone", AllOfScalableMode ^ 1UL << 29, ["ECAP.PRS (29)", "ECAP.SMTS (43)"] },
        { "draining without device TLBs", 1UL << 2 | 1UL << 29, ["ECAP.PDS (42)", "ECAP.DT (2)"] },
        { "NWFS without device TLBs", 1UL << 2 | 1UL << 29 | 1UL << 42, ["ECAP.NWFS (33)", "ECAP.DT (2)"] },
        { "throttling without device TLBs", 1UL << 2 | 1UL << 29 | 1UL << 42 | 1UL << 33 | 1UL << 41, ["ECAP.DIT (41)", "ECAP.DT (2)"] },
        { "RPRIVS without supervisors", 1UL << 31, ["ECAP.RPRIVS (53)", "ECAP.SRS (31)"] },
        { "large pages of no first stage", 1UL << 47 | 1UL << 26 | 1UL << 34, ["CAP.FS5LP (60)", "ECAP.FSTS (47)"] },
        { "execute requests", 1UL << 30, ["ECAP.ERS (30)"] },
        { "EIM without interrupt remapping", 1UL << 4, ["ECAP.EIM (4)", "ECAP.IR (3)"] },
        { "a mask of interrupt handles without interrupt remapping", 1UL << 20, ["ECAP.MHMV (23:20)", "ECAP.IR (3)"] },
        { "EIMER without interrupt remapping", 1UL << 61, ["ECAP.EIMER (61)", "ECAP.IR (3)"] },
        { "IRREQ without interrupt remapping", 1UL << 62, ["IRREQ (62)", "ECAP.IR (3)"] },
        { "performance monitoring", 1UL << 51, ["ECAP.PMS (51)"] },
        { "interrupt remapping", 1UL << 3, ["ECAP.IR (3)"] },
    };

    /// <summary>The set capabilities that depend on ECAP.SMTS, with SMTS itself.</summary>
    private const ulong AllOfScalableMode =
        1UL << 43 | 1UL << 26 | 1UL << 29 | 1UL << 31 | 1UL << 34 | 0x13UL << 35 | 1UL << 40 | 1UL << 45 | 1UL << 47 | 1UL << 48 | 1UL << 49 | 1UL << 53;

    [Theory]
    [MemberData(nameof(OfCapability))]
    [Specification("11.4.2/1", "11.4.2/2", "11.4.2/3", "11.4.2/4", "11.4.2/5", "11.4.2/6", "11.4.2/8")]
    public void A_contradiction_in_CAP_is_rejected_by_name_and_bit(string contradiction, ulong flipped, string[] named) => Refused(contradiction, named, VtdCapabilities.Everything with
    {
        Capability = new(VtdCapabilities.Everything.Capability.Bits ^ flipped),
    });

    [Theory]
    [MemberData(nameof(OfExtendedCapability))]
    [Specification(
        "11.4.2/1", "11.4.3/1", "11.4.3/2", "11.4.3/3", "11.4.3/4", "11.4.3/5", "11.4.3/6", "11.4.3/8", "11.4.3/9", "11.4.3/10", "11.4.3/12", "11.4.3/13")]
    public void A_contradiction_in_ECAP_is_refused_by_name_and_bit(string contradiction, ulong flipped, string[] named)
    {
        ulong firstStage = (flipped & 1UL << 43) != 0 ? 1UL << 60 | 1UL << 56 : 0;
        Refused(contradiction, named, VtdCapabilities.Everything with
        {
            Capability = new(VtdCapabilities.Everything.Capability.Bits ^ (contradiction.StartsWith("a first stage", StringComparison.Ordinal) ? 0 : firstStage)),
            ExtendedCapability = new(VtdCapabilities.Everything.ExtendedCapability.Bits ^ flipped),
        });
    }

    [Theory]
    [InlineData(50)]
    [InlineData(55)]
    [InlineData(57)]
    [InlineData(59)]
    [InlineData(60)]
    [Specification("11.4.3/11")]
    public void Later_capabilities_that_the_unit_lacks_are_rejected(int bit) => Refused($"bit {bit}", ["ECAP.TDXCS (50)", "RDTS (60)"], VtdCapabilities.Everything with
    {
        Revision = VtdRevision.Five10,
        ExtendedCapability = new(VtdCapabilities.Everything.ExtendedCapability.Bits | 1UL << bit),
    });

    [Fact]
    [Specification("11.4.3/7")]
    public void Translated_requests_have_PASIDs_only_where_device_TLBs_are()
    {
        VtdCapabilities lacking = Lacking.Capability("DT").Capabilities;
        Refused("PTRS", ["ECAP.PTRS (56)", "ECAP.DT (2)"], lacking with
        {
            Revision = VtdRevision.Five0,
            ExtendedCapability = new(lacking.ExtendedCapability.Bits | 1UL << 56),
        });
    }

    [Theory]
    // Bit 56 is reserved before revision 5.0, and needs device TLBs only if it is set.
    [InlineData(VtdRevision.Four1, true)]
    [InlineData(VtdRevision.Five0, false)]
    [Specification("11.4.3/7")]
    public void Without_PASIDs_in_translated_requests_device_TLBs_are_not_needed(VtdRevision revision, bool bit)
    {
        VtdCapabilities lacking = Lacking.Capability("DT").Capabilities;
        new UnitFixture(UnitFixture.Options with
        {
            Capabilities = lacking with { Revision = revision, ExtendedCapability = new(lacking.ExtendedCapability.Bits & ~(1UL << 56) | (bit ? 1UL << 56 : 0)) },
        }).Dispose();
    }

    [Fact]
    [Specification("11.4.2/1")]
    public void Pages_of_1_GiB_need_a_first_stage()
    {
        VtdCapabilities lacking = Lacking.Capability("FSTS").Capabilities;
        Refused("FS1GP", ["CAP.FS1GP (56)", "ECAP.FSTS (47)"], lacking with { Capability = lacking.Capability with { OneGigabyteFirstStagePages = true } });
    }

    [Fact]
    public void Stop_markers_need_page_requests()
    {
        VtdCapabilities lacking = Lacking.Capability("PRS").Capabilities;
        Refused("SMS", ["ECAP.SMS (58)", "ECAP.PRS (29)"], lacking with { ExtendedCapability = lacking.ExtendedCapability with { StopMarkers = true } });
    }

    [Fact]
    [Specification("11.4.2/8")]
    public void A_legacy_unit_may_have_write_buffers_and_needs_a_width()
    {
        VtdCapabilities legacy = UnitFixture.LegacyOptions.Capabilities;
        new UnitFixture(UnitFixture.LegacyOptions with { Capabilities = legacy with { Capability = legacy.Capability with { WriteBufferFlushRequired = true } } }).Dispose();
        Refused("SAGAW", ["CAP.SAGAW (12:8)"], legacy with { Capability = legacy.Capability with { SupportedAddressWidths = 0 } });
    }

    [Fact]
    [Specification("11.4.2/7")]
    public void From_major_version_6_a_unit_without_second_stage_has_no_widths()
    {
        VtdCapabilities lacking = Lacking.Capability("SSTS").Capabilities;
        Refused("SAGAW", ["CAP.SAGAW (12:8)", "ECAP.SSTS (46)"], lacking with { MajorVersion = 6 });
        new UnitFixture(UnitFixture.Options with
        {
            Capabilities = lacking with { MajorVersion = 6, Capability = lacking.Capability with { SupportedAddressWidths = 0 } },
        }).Dispose();
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [Specification("11.4.2/10")]
    public void From_major_version_2_a_unit_drains(bool reads, bool writes)
    {
        VtdCapabilities capabilities = VtdCapabilities.Everything with
        {
            Capability = VtdCapabilities.Everything.Capability with { DrainReads = reads, DrainWrites = writes },
        };
        Refused("draining", ["CAP.DRD (55)", "CAP.DWD (54)"], capabilities with { MajorVersion = 2 });
        new UnitFixture(UnitFixture.Options with { Capabilities = capabilities with { MajorVersion = 1 } }).Dispose();
    }

    private static void Refused(string contradiction, string[] named, VtdCapabilities capabilities)
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => new UnitFixture(UnitFixture.Options with { Capabilities = capabilities }));
        Assert.All(named, name => Assert.True(refusal.Message.Contains(name, StringComparison.Ordinal), $"{contradiction}: {refusal.Message}"));
    }

    [Fact]
    public void Overlapping_registers_are_rejected_with_the_fields_that_place_them()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => new UnitFixture(UnitFixture.With(cap => cap with { FaultRecordOffset = 2 })));

        Assert.Contains("CAP.FRO", refusal.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> NumbersOutOfRange =>
    [
        nameof(UnitOptions.IotlbCapacity),
        nameof(UnitOptions.ContextCapacity),
        nameof(UnitOptions.StructureCapacity),
        nameof(UnitOptions.InvalidationTimeout),
        nameof(UnitOptions.VirtualCommandPasids),
    ];

    [Theory]
    [InlineData(31)]
    [InlineData(53)]
    public void A_host_address_width_has_32_to_52_bits(int width) =>
        Refused("the width", ["host address width"], VtdCapabilities.Everything with { HostAddressWidth = width });

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    public void A_major_version_is_1_to_15(byte version) =>
        Refused("the version", ["VER.MAX (7:4)"], VtdCapabilities.Everything with { MajorVersion = version });

    [Theory]
    [MemberData(nameof(NumbersOutOfRange))]
    public void A_number_out_of_its_range_is_rejected_by_name(string option)
    {
        UnitOptions options = option switch
        {
            nameof(UnitOptions.IotlbCapacity) => UnitFixture.Options with { IotlbCapacity = 48 },
            nameof(UnitOptions.ContextCapacity) => UnitFixture.Options with { ContextCapacity = 2 },
            nameof(UnitOptions.StructureCapacity) => UnitFixture.Options with { StructureCapacity = 2 },
            nameof(UnitOptions.InvalidationTimeout) => UnitFixture.Options with { InvalidationTimeout = TimeSpan.Zero },
            _ => UnitFixture.Options with { VirtualCommandPasids = 0 },
        };

        ArgumentException refusal = Assert.Throws<ArgumentException>(() => new UnitFixture(options));
        Assert.Contains(option, refusal.Message, StringComparison.Ordinal);
    }
}
