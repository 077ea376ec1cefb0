namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// The invalidations of each operation and their order (VT-d 6.5.3.3, guidance to software for invalidations): entries before translations, the unit before
/// devices, and a drain of page requests before the reuse of a number.
/// </summary>
public sealed class InvalidationOrderTests
{
    private const string All = "0x0-0xFFFFFFFFFFFFFFFF";
    private const ulong Window = 0x40_0000;

    private static readonly string[] AllOfUnit = ["all contexts", "all PASIDs", "all translations, drained"];
    private static readonly string[] AllOfDevice = ["context of 00:02.0", "all PASIDs", "all translations, drained", "wait"];
    private static readonly string[] EntryOfBond =
        ["PASID 1 in domain 1", "PASID 1 in domain 1: everything", "fence", $"device TLB, PASID 1: {All}", "wait"];

    private static readonly string[] Drain = [$"device TLB, PASID 1: {All}", "wait, drain page requests", "wait"];

    private static readonly string[] EntryOfDomain = ["PASID 0 in domain 2", "domain 2, drained", "fence", $"device TLB: {All}", "wait"];

    [Fact]
    [Specification("6.5.3.3/7")]
    public void A_unit_starts_with_empty_caches_and_stops_with_them() => IommuFixture.Run(1, async fixture =>
    {
        QueueTrace trace = new(fixture);
        Assert.Equal([.. AllOfUnit, "wait", .. AllOfDevice], trace.Take());

        await fixture.Devices[0].DisposeAsync();
        Assert.Equal(["device TLB: 0x0-0xFFFFFFFFFFFFFFFF", "wait", .. AllOfDevice, .. AllOfDevice], trace.Take());

        await fixture.AssertReclaimedAsync();
        Assert.Equal([.. AllOfUnit, "wait, drain page requests"], trace.Take());
    });

    [Fact]
    [Specification("6.5.3.3/5")]
    public void Small_changes_of_a_process_invalidate_pages_large_ones_the_PASID() => RunBound(async (fixture, process, bond, trace) =>
    {
        await process.Memory.UnmapAsync(AddressRange.PageOf(process.Data));
        ulong last = process.Data + AddressRange.PageSize - 1;
        Assert.Equal([$"PASID 1 in domain 1: 0x{process.Data:X}, order 0, only leaves", "fence", $"device TLB, PASID 1: 0x{process.Data:X}-0x{last:X}", "wait"], trace.Take());

        AddressRange many = process.Memory.Map(0x40_0000, MemoryRights.Read).Range;
        await process.Memory.UnmapAsync(many);
        Assert.Equal("PASID 1 in domain 1: everything", trace.Take()[0]);

        await fixture.UnbindAllAsync([bond]);
        await process.Memory.ExitAsync();
    });

    [Fact]
    [Specification("6.5.3.3/5", "6.5.3.3/10")]
    public void The_hint_is_set_while_the_tables_of_a_process_stay() => RunBound(async (fixture, process, bond, trace) =>
    {
        const ulong Apart = 0x7000_0000_0000;
        await process.Memory.WriteAsync(process.Memory.Map(2 * AddressRange.PageSize, MemoryRights.ReadWrite, Apart).Range.Start, new byte[2 * AddressRange.PageSize]);

        await process.Memory.ProtectAsync(AddressRange.PageOf(Apart), MemoryRights.Read);
        Assert.Equal($"PASID 1 in domain 1: 0x{Apart:X}, order 0, only leaves", trace.Take()[0]);
        await process.Memory.UnmapAsync(AddressRange.PageOf(Apart));
        Assert.Equal($"PASID 1 in domain 1: 0x{Apart:X}, order 0, only leaves", trace.Take()[0]);

        // The last page of its table, so the table is freed.
        await process.Memory.UnmapAsync(AddressRange.PageOf(Apart + AddressRange.PageSize));
        Assert.Equal($"PASID 1 in domain 1: 0x{Apart + AddressRange.PageSize:X}, order 0", trace.Take()[0]);

        await fixture.UnbindAllAsync([bond]);
        await process.Memory.ExitAsync();
    });

    [Fact]
    [Specification("6.5.3.3/6", "6.5.3.3/10")]
    public void The_hint_is_set_while_the_tables_of_a_domain_stay() => IommuFixture.Run(1, async fixture =>
    {
        DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
        await domain.MapAsync(new AddressRange(Window, 2 * AddressRange.PageSize), Window, MemoryRights.ReadWrite);
        QueueTrace trace = Fresh(fixture);

        await domain.UnmapAsync(AddressRange.PageOf(Window));
        Assert.Equal("domain 2: 0x400000, order 0, only leaves, drained", trace.Take()[0]);
        await domain.UnmapAsync(AddressRange.PageOf(Window + AddressRange.PageSize));
        Assert.Equal("domain 2: 0x401000, order 0, drained", trace.Take()[0]);

        await attachment.DisposeAsync();
        domain.Free();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    [Specification("6.5.3.3/3")]
    public void An_unbind_revokes_the_entry_and_then_drains() => RunBound(async (fixture, process, bond, trace) =>
    {
        await fixture.UnbindAllAsync([bond]);
        Assert.Equal([.. EntryOfBond, .. Drain], trace.Take());

        await process.Memory.ExitAsync();
        Assert.Empty(trace.Take());
    });

    [Fact]
    [Specification("6.5.3.3/3")]
    public void An_exit_revokes_the_entry_and_the_unbind_still_drains() => RunBound(async (fixture, process, bond, trace) =>
    {
        await process.Memory.ExitAsync();
        Assert.Equal(EntryOfBond, trace.Take());

        await fixture.UnbindAllAsync([bond]);
        Assert.Equal(Drain, trace.Take());
    });

    [Fact]
    [Specification("6.5.3.3/1")]
    public void A_reset_clears_the_context_entry_first_and_sets_it_last() => IommuFixture.Run(1, async fixture =>
    {
        QueueTrace trace = Fresh(fixture);

        await fixture.Devices[0].ResetAsync();

        Assert.Equal([.. AllOfDevice, "wait, drain page requests", .. AllOfDevice], trace.Take());
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    [Specification("6.5.3.3/2", "6.5.3.3/6")]
    public void An_unmap_invalidates_pages_and_a_detach_the_whole_domain() => IommuFixture.Run(1, async fixture =>
    {
        QueueTrace trace = Fresh(fixture);
        DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
        AddressRange page = new(Window, AddressRange.PageSize);
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
        await domain.MapAsync(page, Window, MemoryRights.ReadWrite);
        Assert.Empty(trace.Take());

        await domain.UnmapAsync(page);
        Assert.Equal(["domain 2: 0x400000, order 0, drained", "fence", $"device TLB: {page}", "wait"], trace.Take());

        AddressRange large = new(0x4000_0000, 0x4000_0000);
        await domain.MapAsync(large, large.Start, MemoryRights.ReadWrite);
        await domain.UnmapAsync(large);
        Assert.Equal("domain 2, drained", trace.Take()[0]);

        await attachment.DisposeAsync();
        await attachment.DisposeAsync();
        Assert.Equal(EntryOfDomain, trace.Take());
        domain.Free();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void An_unmap_of_an_auxiliary_domain_invalidates_only_its_pages() => IommuFixture.Run(1, async fixture =>
    {
        AuxiliaryDomain domain = fixture.Subsystem.CreateAuxiliaryDomain("aux");
        AddressRange page = new(Window, AddressRange.PageSize);
        AuxiliaryAttachment attachment = await domain.AttachAsync(fixture.Devices[0]);
        await domain.Domain.MapAsync(page, Window, MemoryRights.ReadWrite);
        QueueTrace trace = Fresh(fixture);

        await domain.Domain.UnmapAsync(page);

        Assert.Equal(["domain 2: 0x400000, order 0, drained", "fence", $"device TLB, PASID 1: {page}", "wait"], trace.Take());
        await attachment.DisposeAsync();
        domain.Domain.Free();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void Caching_mode_invalidates_new_contexts_entries_and_pages() => IommuFixture.Run(
        1,
        async fixture =>
        {
            QueueTrace trace = new(fixture);
            Assert.Equal([.. AllOfUnit, "wait", .. AllOfDevice, .. AllOfDevice], trace.Take());
            TestProcess process = fixture.CreateProcess();
            SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
            Assert.Equal(EntryOfBond, trace.Take());

            DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
            DomainAttachment attachment = await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
            Assert.Equal(EntryOfDomain, trace.Take());
            AddressRange page = new(Window, AddressRange.PageSize);
            await domain.MapAsync(page, Window, MemoryRights.ReadWrite);
            Assert.Equal(["domain 2: 0x400000, order 0, drained", "fence", $"device TLB: {page}", "wait"], trace.Take());

            await domain.UnmapAsync(page);
            await attachment.DisposeAsync();
            domain.Free();
            await fixture.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { CachingMode = true });

    private static void RunBound(Func<IommuFixture, TestProcess, SvaBond, QueueTrace, Task> test) => IommuFixture.Run(1, async fixture =>
    {
        TestProcess process = fixture.CreateProcess();
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        QueueTrace trace = Fresh(fixture);
        await test(fixture, process, bond, trace);
        await fixture.AssertReclaimedAsync();
    });

    /// <summary>Creates a trace that begins with the next descriptor.</summary>
    private static QueueTrace Fresh(IommuFixture fixture)
    {
        QueueTrace trace = new(fixture);
        trace.Take();
        return trace;
    }
}
