namespace IoAsid.Typed.Vtd.Tests.Capabilities;

/// <summary>The capabilities in the registers of an emulator and of real machines, whose meaning is published.</summary>
public sealed class CapabilityTests
{
    [Fact]
    public void Emulated_unit_has_first_stage_and_page_requests()
    {
        VtdCapabilities unit = new(0x81d2008c222f0606, 0x8d9a20000f46, 48);

        Assert.Multiple(
            () => Assert.Equal(65536, unit.NumberOfDomains),
            () => Assert.Equal(0b00110, unit.SupportedAdjustedGuestWidths),
            () => Assert.Equal(48, unit.MaximumGuestAddressWidth),
            () => Assert.Equal(0x220, unit.FaultRecordOffset),
            () => Assert.Equal(0xF0, unit.IotlbOffset),
            () => Assert.Equal(1, unit.NumberOfFaultRecords));
        Assert.Multiple(
            () => Assert.Equal(20, unit.PasidBits),
            () => Assert.Equal(18, unit.MaximumAddressMask),
            () => Assert.Equal(0b0011, unit.SecondStageLargePages));
        Assert.True(unit is { ScalableMode: true, FirstStage: true, SecondStage: false, Nested: false, PassThrough: true, FiveLevelPaging: false });
        Assert.True(unit is { OneGigabyteFirstStagePages: true, PageRequests: true, DeviceTlb: true, Pasid: true, VirtualCommands: false, PageRequestDrain: true });
        Assert.True(unit is { CachingMode: false, PageSelectiveInvalidation: true, SetRootTableFlushes: true, QueuedInvalidation: true, SnoopControl: false });
        Assert.True(unit is { InterruptRemapping: false, SupervisorRequests: false, NoWriteFlag: true, SecondStageAccessedDirty: false, PageWalkCoherency: false, RidPasid: false });
        Assert.Equal([AddressWidth.Bits39, AddressWidth.Bits48], Enum.GetValues<AddressWidth>().Where(unit.Supports));
    }

    [Fact]
    public void A_unit_of_a_server_from_before_scalable_mode_is_understood()
    {
        // Kernel log: "dmar0: reg_base_addr fbffc000 ver 1:0 cap d2078c106f0466 ecap f020df".
        VtdCapabilities unit = new(0xd2078c106f0466, 0xf020df, 46);

        Assert.Multiple(
            () => Assert.Equal(65536, unit.NumberOfDomains),
            () => Assert.Equal(0b00100, unit.SupportedAdjustedGuestWidths),
            () => Assert.Equal(48, unit.MaximumGuestAddressWidth),
            () => Assert.Equal(0x100, unit.FaultRecordOffset),
            () => Assert.Equal(0x200, unit.IotlbOffset),
            () => Assert.Equal(8, unit.NumberOfFaultRecords));
        Assert.True(unit is { ScalableMode: false, FirstStage: false, DeviceTlb: true, PassThrough: true, SnoopControl: true, InterruptRemapping: true });
        Assert.True(unit is { ZeroLengthRead: true, PageSelectiveInvalidation: true, SetRootTableFlushes: false, Capability.ProtectedLowMemory: true });
        Assert.Equal(0, unit.PasidBits);
    }

    [Theory]
    [InlineData(0, 16)]
    [InlineData(2, 256)]
    [InlineData(6, 65536)]
    [InlineData(7, 65536)]
    public void The_number_of_domains_follows_its_encoding(byte encoding, int domains) =>
        Assert.Equal(domains, Units.Only(new() { NumberOfDomains = encoding }).NumberOfDomains);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(15, 16)]
    [InlineData(19, 20)]
    [InlineData(31, 20)]
    public void A_PASID_has_at_most_twenty_bits(byte encoding, int bits) =>
        Assert.Equal(bits, Units.Only(extended: new() { Pasid = true, PasidSize = encoding }).PasidBits);

    [Theory]
    [InlineData(0b00, 1)]
    [InlineData(0b01, 1, 2)]
    [InlineData(0b11, 1, 2, 3)]
    [InlineData(0b10, 1, 3)]
    public void Second_stage_pages_follow_their_bits(byte encoding, params int[] levels)
    {
        VtdCapabilities unit = Units.Only(new() { SecondStageLargePages = encoding });

        Assert.Equal(levels, Enumerable.Range(1, 5).Where(unit.SupportsSecondStagePage));
    }

    [Theory]
    [InlineData(AddressWidth.Bits39, 39, 3)]
    [InlineData(AddressWidth.Bits48, 48, 4)]
    [InlineData(AddressWidth.Bits57, 57, 5)]
    public void Address_widths_stand_for_bits_and_levels(AddressWidth width, int bits, int levels) =>
        Assert.Equal((bits, levels), (width.Bits(), width.Levels()));

    [Fact]
    public void Invalid_width_is_not_supported()
    {
        Assert.False(Units.Everything.Supports(AddressWidth.Invalid));
        Assert.False(Units.Nothing.Supports(AddressWidth.Bits48));
    }

    [Theory]
    [InlineData(12, 0xFFFF_FFFF_FFFF_F000)]
    [InlineData(48, 0xFFFF_0000_0000_0000)]
    [InlineData(63, 0x8000_0000_0000_0000)]
    [InlineData(64, 0)]
    public void Addresses_end_at_the_host_address_width(int width, ulong above) =>
        Assert.Equal(above, (Units.Nothing with { HostAddressWidth = width }).AboveHostAddressWidth);

    [Fact]
    public void Execute_requests_exist_only_in_revision_3()
    {
        Assert.False(Units.Everything.ExecuteRequests);
        Assert.True((Units.Everything with { Revision = VtdRevision.Three }).ExecuteRequests);
    }

    [Fact]
    public void Each_requirement_is_met_by_its_own_capability_and_no_other()
    {
        Dictionary<Requirement, VtdCapabilities> units = new()
        {
            [Requirement.AdvancedFaultLog] = Units.Only(new() { AdvancedFaultLog = true }),
            [Requirement.EnhancedCommands] = Units.Only(new() { EnhancedCommands = true }),
            [Requirement.QueuedInvalidation] = Units.Only(extended: new() { QueuedInvalidation = true }),
            [Requirement.DeviceTlb] = Units.Only(extended: new() { DeviceTlb = true }),
            [Requirement.InterruptRemapping] = Units.Only(extended: new() { InterruptRemapping = true }),
            [Requirement.ExtendedInterruptMode] = Units.Only(extended: new() { ExtendedInterruptMode = true }),
            [Requirement.SnoopControl] = Units.Only(extended: new() { SnoopControl = true }),
            [Requirement.MemoryTypes] = Units.Only(extended: new() { MemoryTypes = true }),
            [Requirement.PageRequests] = Units.Only(extended: new() { PageRequests = true }),
            [Requirement.SupervisorRequests] = Units.Only(extended: new() { SupervisorRequests = true }),
            [Requirement.ExtendedAccessed] = Units.Only(extended: new() { ExtendedAccessed = true }),
            [Requirement.DeviceTlbThrottling] = Units.Only(extended: new() { DeviceTlbThrottling = true }),
            [Requirement.PageRequestDrain] = Units.Only(extended: new() { PageRequestDrain = true }),
            [Requirement.ScalableMode] = Units.Only(extended: new() { ScalableMode = true }),
            [Requirement.VirtualCommands] = Units.Only(extended: new() { VirtualCommands = true }),
            [Requirement.SecondStageAccessedDirty] = Units.Only(extended: new() { SecondStageAccessedDirty = true }),
            [Requirement.SecondStage] = Units.Only(extended: new() { SecondStage = true }),
            [Requirement.FirstStage] = Units.Only(extended: new() { FirstStage = true }),
            [Requirement.PageWalkCoherency] = Units.Only(extended: new() { ScalablePageWalkCoherency = true }),
            [Requirement.RidPasid] = Units.Only(extended: new() { RidPasid = true }),
            [Requirement.RidPrivilege] = Units.Only(extended: new() { RidPrivilege = true }),
            [Requirement.Nested] = Units.Only(extended: new() { Nested = true }),
            [Requirement.FiveLevelPaging] = Units.Only(new() { FiveLevelPaging = true }),
            [Requirement.Pasid] = Units.Only(extended: new() { Pasid = true }),
            [Requirement.PassThrough] = Units.Only(extended: new() { PassThrough = true }),
            [Requirement.ProtectedLowMemory | Requirement.ProtectedMemory] = Units.Only(new() { ProtectedLowMemory = true }),
            [Requirement.ProtectedHighMemory | Requirement.ProtectedMemory] = Units.Only(new() { ProtectedHighMemory = true }),
        };
        Requirement[] single = [.. Enum.GetValues<Requirement>().Where(needs => needs != Requirement.None)];

        foreach ((Requirement needs, VtdCapabilities unit) in units)
            Assert.Equal(needs, single.Where(one => unit.Meets(one)).Aggregate((all, one) => all | one));
    }

    [Theory]
    [InlineData(Requirement.SecondStage, "ECAP.SSTS (bit 46)")]
    [InlineData(Requirement.FiveLevelPaging | Requirement.FirstStage, "ECAP.FSTS (bit 47) and CAP.FS5LP (bit 60)")]
    [InlineData(Requirement.ProtectedMemory, "CAP.PLMR (bit 5) or CAP.PHMR (bit 6)")]
    [InlineData(Requirement.None, "")]
    public void Description_names_register_and_bit(Requirement needs, string text)
    {
        Assert.Equal(text, needs.Describe());
        Assert.Equal(text, Units.Nothing.DescribeMissing(needs));
        Assert.Equal(Requirement.None, (Units.Everything with { Revision = VtdRevision.Three }).Missing(needs));
    }

    [Fact]
    public void Every_requirement_can_be_described()
    {
        IEnumerable<Requirement> needs = Enum.GetValues<Requirement>().Where(one => one != Requirement.None);

        Assert.All(needs, one => Assert.NotEmpty(one.Describe()));
    }
}
