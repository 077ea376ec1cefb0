using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The path from the requester to its address space (VT-d 9.1 to 9.6): the PASID, the privilege, the root table, and the record of a fault.</summary>
public sealed class ContextTests
{
    private const ulong RidPrivilege = 1UL << 20;

    [Theory]
    // Without ECAP.RPS the field is reserved, and PASID 0 is used (VT-d 9.4).
    [InlineData(true, 5, 0x55_0000UL)]
    [InlineData(true, 0, 0x50_0000UL)]
    [InlineData(false, 0, 0x50_0000UL)]
    [Specification("3.4.3/3")]
    public void A_request_without_PASID_uses_RID_PASID(bool supported, uint named, ulong expected)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.With(ecap => ecap with { RidPasid = supported }));
        fixture.SetContext(UnitFixture.Device, fixture.Word(UnitFixture.Contexts + UnitFixture.Device.Value * 32UL), named);
        SetPage(fixture, default, 0x20_0000, 0x50_0000);
        SetPage(fixture, new Pasid(5), 0x28_0000, 0x55_0000);

        Assert.Equal(expected, fixture.Output(DmaAccess.Read, 0x1000));
    }

    [Theory]
    // RID_PRIV makes requests without PASID privileged, so SRE and U/S apply to them. It is reserved without ECAP.RPRIVS (42h).
    [InlineData(true, true, 0b001, FaultReason.None)]
    [InlineData(true, false, 0b111, FaultReason.SupervisorRequestsDisabled)]
    [InlineData(false, true, 0b111, FaultReason.ScalableContextReserved)]
    [Specification("9.4/10")]
    public void RID_PRIV_makes_requests_without_PASID_privileged(bool supported, bool enabled, ulong rights, FaultReason expected)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.With(ecap => ecap with { RidPrivilege = supported }));
        fixture.SetContext(UnitFixture.Device, fixture.Word(UnitFixture.Contexts + UnitFixture.Device.Value * 32UL), RidPrivilege);
        SetPage(fixture, default, 0x20_0000, 0x50_0000, rights, entry => entry with { SupervisorRequestEnable = enabled });

        Assert.Equal(expected, fixture.Fault(DmaAccess.Write, 0x1000));
    }

    [Theory]
    // VT-d 7.1.3.
    [InlineData(0UL, 5u, FaultReason.PasidDisabled)]
    [InlineData(UnitFixture.PasidEnable, 1u << 13, FaultReason.PasidBeyondDirectory)]
    [InlineData(UnitFixture.PasidEnable, 64u, FaultReason.PasidDirectoryNotPresent)]
    [InlineData(UnitFixture.PasidEnable, 5u, FaultReason.PasidEntryNotPresent)]
    public void A_request_with_a_PASID_needs_PASIDE_and_its_entries(ulong context, uint number, FaultReason expected)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(context: context);

        Assert.Equal(expected, fixture.Fault(DmaAccess.Read, 0x1000, new PasidPrefix(new Pasid(number))));
    }

    [Theory]
    // TTM 10b is reserved, and 11b needs ECAP.ADMS (VT-d 7.1.3, RTA.1 and RTA.4).
    [InlineData(2, true, FaultReason.RootTableAddressInvalid)]
    [InlineData(3, false, FaultReason.RootTableAddressInvalid)]
    [InlineData(3, true, FaultReason.AbortDmaMode)]
    [Specification("3.4.4/1", "7.1.3/11", "7.1.3/13")]
    public void Modes_without_translation_block_all_requests(int mode, bool abort, FaultReason expected)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.With(ecap => ecap with { AbortDma = abort }));
        fixture.SetRoot(UnitFixture.Root | (ulong)mode << 10);

        Assert.Equal(expected, fixture.Fault(DmaAccess.Read, 0x1000));
        Assert.Equal(TranslationKind.Blocked, fixture.Translate(DmaAccess.Read, 0x1000).Kind);
    }

    [Fact]
    public void The_root_table_is_the_one_that_SRTP_latched()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.Registers.Write64(0x20, UnitFixture.Hole);

        Assert.Equal(FaultReason.PasidEntryNotPresent, fixture.Fault(DmaAccess.Read, 0x1000));

        fixture.SetRoot(UnitFixture.Hole | 1 << 10);
        Assert.Equal(FaultReason.ScalableRootAccess, fixture.Fault(DmaAccess.Read, 0x1000));
    }

    [Theory]
    // With ESRTPS a new root table invalidates all caches; without it cached entries stay (VT-d 6.6, 11.4.4.1).
    [InlineData(true, FaultReason.ScalableRootNotPresent)]
    [InlineData(false, FaultReason.None)]
    [Specification("6.6/1", "6.6/2")]
    public void A_new_root_table_clears_the_caches_only_with_ESRTPS(bool flushes, FaultReason expected)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.With(cap => cap with { SetRootTableFlushes = flushes }));
        SetPage(fixture, default, 0x20_0000, 0x50_0000);
        fixture.Output(DmaAccess.Read, 0x1000);

        fixture.SetRoot(0x18_0000 | 1 << 10);
        Assert.Equal(expected, fixture.Fault(DmaAccess.Read, 0x1000));

        fixture.EnableQueue();
        fixture.Submit(Descriptor.AllContexts, Descriptor.AllPasids, Descriptor.AllTranslations);
        Assert.Equal(FaultReason.ScalableRootNotPresent, fixture.Fault(DmaAccess.Read, 0x1000));
    }

    [Fact]
    public void Each_cache_has_to_be_invalidated_from_the_context_on()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        SetPage(fixture, default, 0x20_0000, 0x50_0000);
        fixture.Output(DmaAccess.Read, 0x1000);
        fixture.SetContext(UnitFixture.Device, 0);
        fixture.EnableQueue();

        fixture.Submit(Descriptor.AllTranslations, Descriptor.AllPasids);
        Assert.Equal(FaultReason.None, fixture.Fault(DmaAccess.Read, 0x1000));

        fixture.Submit(Descriptor.ContextOf(UnitFixture.OtherDevice), Descriptor.ContextOf(UnitFixture.OtherDevice, mask: 3));
        Assert.Equal(FaultReason.None, fixture.Fault(DmaAccess.Read, 0x1000));

        fixture.Submit(Descriptor.ContextOf(UnitFixture.Device));
        Assert.Equal(FaultReason.ScalableContextNotPresent, fixture.Fault(DmaAccess.Read, 0x1000));
    }

    [Theory]
    // FPD applies in any entry that is read, present or not (VT-d 7.2), and to qualified faults only.
    [InlineData("context", false, true)]
    [InlineData("context, absent", false, true)]
    [InlineData("directory", false, true)]
    [InlineData("directory, absent", false, true)]
    [InlineData("entry", false, true)]
    [InlineData("entry, absent", false, true)]
    [InlineData("nowhere", false, false)]
    // Unqualified faults are 50h with FPD in the context entry, and 58h with FPD in the directory entry.
    [InlineData("context", true, false)]
    [InlineData("directory", true, false)]
    [Specification("9.4/2", "9.5/2", "9.6/2")]
    public void FPD_applies_to_qualified_faults(string entry, bool unqualified, bool silent)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        SetPage(fixture, new Pasid(5), 0x20_0000, 0x50_0000);
        bool absent = entry.EndsWith("absent", StringComparison.Ordinal);
        ulong bits = absent ? 0b10 : entry == "nowhere" ? 0b01UL : 0b11;
        ulong place = entry[..3] switch
        {
            "con" => UnitFixture.Contexts + UnitFixture.Device.Value * 32UL,
            "dir" => UnitFixture.PasidDirectory,
            _ => UnitFixture.PasidTable + 5 * 64,
        };
        fixture.Set(place, fixture.Word(place) & ~0b11UL | bits);
        if (unqualified && entry == "context")
            fixture.Set(place, fixture.Word(place) & 0xFFF | UnitFixture.Hole);
        else if (unqualified)
            fixture.Set(place, UnitFixture.Hole | bits);

        // The page is not mapped, so the fault is 71h unless an earlier check fails.
        Assert.Equal(silent, fixture.Fault(DmaAccess.Read, 0x9000, new PasidPrefix(new Pasid(5))) == FaultReason.None);
        Assert.Equal(TranslationKind.Blocked, fixture.Translate(DmaAccess.Read, 0x9000, new PasidPrefix(new Pasid(5))).Kind);
    }

    [Fact]
    public void A_PASID_entry_can_be_read_in_part_during_a_write()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        SetPage(fixture, new Pasid(5), 0x20_0000, 0x50_0000);
        PageTables after = new(new TablePages(fixture.Memory, 0x28_0000), 4, EntryBits.User) { [0x1000] = 0x55_0000 | EntryBits.User };
        PasidEntry next = EntryOf(after.Top) with { DomainId = new(9) };
        // The table pointer is in the third word, and the domain in the second. The unit reads words in ascending order, and software writes between two reads.
        using (fixture.OnTableAccess(Write))
            Assert.Equal(0x55_0000UL, fixture.Output(DmaAccess.Read, 0x1000, new PasidPrefix(new Pasid(5))));
        fixture.EnableQueue();

        // The new table was cached with the old domain, so an invalidation of the new domain does not remove it.
        fixture.Submit(Descriptor.PasidEntry(new DomainId(9), new Pasid(5)), Descriptor.Pasid(new DomainId(9), new Pasid(5)));
        fixture.SetPasid(new Pasid(5), default);
        Assert.Equal(FaultReason.None, fixture.Fault(DmaAccess.Read, 0x1000, new PasidPrefix(new Pasid(5))));
        fixture.Submit(Descriptor.PasidEntry(new DomainId(7), new Pasid(5)), Descriptor.Pasid(new DomainId(7), new Pasid(5)));
        Assert.Equal(FaultReason.PasidEntryNotPresent, fixture.Fault(DmaAccess.Read, 0x1000, new PasidPrefix(new Pasid(5))));

        void Write(TableAccess access)
        {
            if (access.Address == UnitFixture.PasidTable + 5 * 64 + 16)
                fixture.SetPasid(new Pasid(5), next);
        }
    }

    private static void SetPage(
        UnitFixture fixture, Pasid pasid, ulong table, ulong page, ulong rights = EntryBits.User, Func<PasidEntry, PasidEntry>? change = null)
    {
        PageTables tables = new(new TablePages(fixture.Memory, table), 4, EntryBits.User) { [0x1000] = page | rights };
        PasidEntry entry = EntryOf(tables.Top);
        fixture.SetPasid(pasid, change is null ? entry : change(entry));
    }

    private static PasidEntry EntryOf(ulong table) => new()
    {
        Present = true,
        GrantType = PasidGrantType.FirstStage,
        FirstStageTable = table,
        DomainId = new(7),
        PageWalkSnoop = true,
    };
}
