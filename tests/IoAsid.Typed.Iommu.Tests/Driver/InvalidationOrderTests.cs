namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// What each operation has the unit and devices forget, and in which order (VT-d 6.5.3.3, guidance to software for invalidations): entries before
/// translations, the unit before devices, and page requests drained before a number is given up.
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
    public void A_unit_starts_with_empty_caches_and_stops_with_them() => IommuBench.Run(1, async bench =>
    {
        QueueTrace trace = new(bench);
        Assert.Equal([.. AllOfUnit, "wait", .. AllOfDevice], trace.Take());

        await bench.Devices[0].DisposeAsync();
        Assert.Equal(["device TLB: 0x0-0xFFFFFFFFFFFFFFFF", "wait", .. AllOfDevice, .. AllOfDevice], trace.Take());

        await bench.AssertReclaimedAsync();
        Assert.Equal([.. AllOfUnit, "wait, drain page requests"], trace.Take());
    });

    [Fact]
    [Specification("6.5.3.3/5")]
    public void Changes_of_a_process_are_forgotten_page_by_page_and_when_they_are_many_all_at_once() => RunBound(async (bench, process, bond, trace) =>
    {
        await process.Memory.UnmapAsync(AddressRange.PageOf(process.Data));
        ulong last = process.Data + AddressRange.PageSize - 1;
        Assert.Equal([$"PASID 1 in domain 1: 0x{process.Data:X}, order 0, only leaves", "fence", $"device TLB, PASID 1: 0x{process.Data:X}-0x{last:X}", "wait"], trace.Take());

        AddressRange many = process.Memory.Map(0x40_0000, MemoryRights.Read).Range;
        await process.Memory.UnmapAsync(many);
        Assert.Equal("PASID 1 in domain 1: everything", trace.Take()[0]);

        await bench.UnbindAllAsync([bond]);
        await process.Memory.ExitAsync();
    });

    [Fact]
    [Specification("6.5.3.3/5", "6.5.3.3/10")]
    public void The_hint_is_given_while_the_tables_of_a_process_stay() => RunBound(async (bench, process, bond, trace) =>
    {
        const ulong Apart = 0x7000_0000_0000;
        await process.Memory.WriteAsync(process.Memory.Map(2 * AddressRange.PageSize, MemoryRights.ReadWrite, Apart).Range.Start, new byte[2 * AddressRange.PageSize]);

        await process.Memory.ProtectAsync(AddressRange.PageOf(Apart), MemoryRights.Read);
        Assert.Equal($"PASID 1 in domain 1: 0x{Apart:X}, order 0, only leaves", trace.Take()[0]);
        await process.Memory.UnmapAsync(AddressRange.PageOf(Apart));
        Assert.Equal($"PASID 1 in domain 1: 0x{Apart:X}, order 0, only leaves", trace.Take()[0]);

        // The last page of its table: the table is freed.
        await process.Memory.UnmapAsync(AddressRange.PageOf(Apart + AddressRange.PageSize));
        Assert.Equal($"PASID 1 in domain 1: 0x{Apart + AddressRange.PageSize:X}, order 0", trace.Take()[0]);

        await bench.UnbindAllAsync([bond]);
        await process.Memory.ExitAsync();
    });

    [Fact]
    [Specification("6.5.3.3/6", "6.5.3.3/10")]
    public void The_hint_is_given_while_the_tables_of_a_domain_stay() => IommuBench.Run(1, async bench =>
    {
        DmaDomain domain = bench.Subsystem.CreateDomain("dma");
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(bench.Devices[0], domain);
        await domain.MapAsync(new AddressRange(Window, 2 * AddressRange.PageSize), Window, MemoryRights.ReadWrite);
        QueueTrace trace = Fresh(bench);

        await domain.UnmapAsync(AddressRange.PageOf(Window));
        Assert.Equal("domain 2: 0x400000, order 0, only leaves, drained", trace.Take()[0]);
        await domain.UnmapAsync(AddressRange.PageOf(Window + AddressRange.PageSize));
        Assert.Equal("domain 2: 0x401000, order 0, drained", trace.Take()[0]);

        await attachment.DisposeAsync();
        domain.Free();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    [Specification("6.5.3.3/3")]
    public void A_bond_ends_with_its_entry_and_then_its_drain() => RunBound(async (bench, process, bond, trace) =>
    {
        await bench.UnbindAllAsync([bond]);
        Assert.Equal([.. EntryOfBond, .. Drain], trace.Take());

        await process.Memory.ExitAsync();
        Assert.Empty(trace.Take());
    });

    [Fact]
    [Specification("6.5.3.3/3")]
    public void A_process_that_exits_takes_its_entry_along_and_its_bond_is_drained_all_the_same() => RunBound(async (bench, process, bond, trace) =>
    {
        await process.Memory.ExitAsync();
        Assert.Equal(EntryOfBond, trace.Take());

        await bench.UnbindAllAsync([bond]);
        Assert.Equal(Drain, trace.Take());
    });

    [Fact]
    [Specification("6.5.3.3/1")]
    public void A_device_that_is_reset_is_cut_off_first_and_allowed_again_at_the_end() => IommuBench.Run(1, async bench =>
    {
        QueueTrace trace = Fresh(bench);

        await bench.Devices[0].ResetAsync();

        Assert.Equal([.. AllOfDevice, "wait, drain page requests", .. AllOfDevice], trace.Take());
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    [Specification("6.5.3.3/2", "6.5.3.3/6")]
    public void A_domain_is_forgotten_where_it_was_unmapped_and_altogether_when_it_is_detached() => IommuBench.Run(1, async bench =>
    {
        QueueTrace trace = Fresh(bench);
        DmaDomain domain = bench.Subsystem.CreateDomain("dma");
        AddressRange page = new(Window, AddressRange.PageSize);
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(bench.Devices[0], domain);
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
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_device_forgets_of_an_auxiliary_domain_what_is_unmapped_and_no_more() => IommuBench.Run(1, async bench =>
    {
        AuxiliaryDomain domain = bench.Subsystem.CreateAuxiliaryDomain("aux");
        AddressRange page = new(Window, AddressRange.PageSize);
        AuxiliaryAttachment attachment = await domain.AttachAsync(bench.Devices[0]);
        await domain.Domain.MapAsync(page, Window, MemoryRights.ReadWrite);
        QueueTrace trace = Fresh(bench);

        await domain.Domain.UnmapAsync(page);

        Assert.Equal(["domain 2: 0x400000, order 0, drained", "fence", $"device TLB, PASID 1: {page}", "wait"], trace.Take());
        await attachment.DisposeAsync();
        domain.Domain.Free();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void Where_a_unit_caches_what_is_absent_it_is_told_of_contexts_entries_and_pages_that_come() => IommuBench.Run(
        1,
        async bench =>
        {
            QueueTrace trace = new(bench);
            Assert.Equal([.. AllOfUnit, "wait", .. AllOfDevice, .. AllOfDevice], trace.Take());
            TestProcess process = bench.CreateProcess();
            SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
            Assert.Equal(EntryOfBond, trace.Take());

            DmaDomain domain = bench.Subsystem.CreateDomain("dma");
            DomainAttachment attachment = await IommuSubsystem.AttachAsync(bench.Devices[0], domain);
            Assert.Equal(EntryOfDomain, trace.Take());
            AddressRange page = new(Window, AddressRange.PageSize);
            await domain.MapAsync(page, Window, MemoryRights.ReadWrite);
            Assert.Equal(["domain 2: 0x400000, order 0, drained", "fence", $"device TLB: {page}", "wait"], trace.Take());

            await domain.UnmapAsync(page);
            await attachment.DisposeAsync();
            domain.Free();
            await bench.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { CachingMode = true });

    private static void RunBound(Func<IommuBench, TestProcess, SvaBond, QueueTrace, Task> test) => IommuBench.Run(1, async bench =>
    {
        TestProcess process = bench.CreateProcess();
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        QueueTrace trace = Fresh(bench);
        await test(bench, process, bond, trace);
        await bench.AssertReclaimedAsync();
    });

    /// <summary>A trace from here on.</summary>
    private static QueueTrace Fresh(IommuBench bench)
    {
        QueueTrace trace = new(bench);
        trace.Take();
        return trace;
    }
}
