using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The invalidation queue (VT-d 6.5.2): errors and the head after them, both widths, and waits.</summary>
public sealed class InvalidationQueueTests
{
    private const uint QueueError = 1 << 4;

    public static TheoryData<string, ulong, ulong, ulong, InvalidationQueueError> BadDescriptors => new()
    {
        { "type 0", 0x0, 0, 0, InvalidationQueueError.InvalidType },
        { "type 4 without interrupt remapping", 0x4, 0, 0, InvalidationQueueError.InvalidType },
        { "type 10", 0xA, 0, 0, InvalidationQueueError.InvalidType },
        { "type bits 11:9 count", 0x1 | 1 << 4 | 1 << 9, 0, 0, InvalidationQueueError.InvalidType },
        { "context: granularity 0", 0x1, 0, 0, InvalidationQueueError.ReservedField },
        { "context: bit 6", 0x1 | 1 << 4 | 1 << 6, 0, 0, InvalidationQueueError.ReservedField },
        { "context: bit 50", 0x1 | 1 << 4 | 1UL << 50, 0, 0, InvalidationQueueError.ReservedField },
        { "context: second word", 0x1 | 1 << 4, 1, 0, InvalidationQueueError.ReservedField },
        { "context: third word", 0x1 | 1 << 4, 0, 1, InvalidationQueueError.ReservedField },
        { "IOTLB: granularity 0", 0x2, 0, 0, InvalidationQueueError.ReservedField },
        { "IOTLB: AM beyond MAMV", 0x2 | 3 << 4, 19, 0, InvalidationQueueError.ReservedField },
        { "IOTLB: bit 32", 0x2 | 1 << 4 | 1UL << 32, 0, 0, InvalidationQueueError.ReservedField },
        { "device TLB: bit 4", 0x3 | 1 << 4, 0, 0, InvalidationQueueError.ReservedField },
        { "wait: bit 8", 0x5 | 1 << 8, 0, 0, InvalidationQueueError.ReservedField },
        { "wait: status address bit 0", 0x5 | 1 << 5, UnitFixture.Status | 1, 0, InvalidationQueueError.ReservedField },
        { "PASID IOTLB: granularity 0", 0x6, 0, 0, InvalidationQueueError.ReservedField },
        { "PASID IOTLB: granularity 1", 0x6 | 1 << 4, 0, 0, InvalidationQueueError.ReservedField },
        { "PASID IOTLB: bit 52", 0x6 | 2 << 4 | 1UL << 52, 0, 0, InvalidationQueueError.ReservedField },
        { "PASID cache: granularity 2", 0x7 | 2 << 4, 0, 0, InvalidationQueueError.ReservedField },
        { "PASID cache: second word", 0x7 | 3 << 4, 1, 0, InvalidationQueueError.ReservedField },
        { "PASID device TLB: second word, bit 1", 0x8, 2, 0, InvalidationQueueError.ReservedField },
        { "response: bit 10", 0x9 | 1 << 10, 0, 0, InvalidationQueueError.InvalidType },
        { "response: second word, bit 12", 0x9, 1 << 12, 0, InvalidationQueueError.ReservedField },
    };

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 19)]
    public void Responses_in_a_row_share_a_step_only_in_FIFO_order(ulong seed, int steps)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(seed: seed);
        fixture.EnableQueue();
        fixture.Store([.. Enumerable.Range(0, 17).Select(group => Descriptor.Response(UnitFixture.Device, new Pasid(1), group, 0))]);
        fixture.Store(Descriptor.AllContexts, Descriptor.Wait(UnitFixture.Status, 1));
        long before = fixture.Scheduler.Steps;

        fixture.Submit();

        Assert.Equal(Enumerable.Range(0, 17), fixture.Responses.Select(response => response.GroupIndex));
        Assert.Equal((steps, 1UL), (fixture.Scheduler.Steps - before, fixture.Word(UnitFixture.Status)));
    }

    [Theory]
    [MemberData(nameof(BadDescriptors))]
    [Specification("6.5.2/4", "6.5.2.1/4", "6.5.2.2/4", "6.5.2.3/7", "6.5.2.4/5", "6.5.2.11/1", "6.5.2.11/2", "6.5.2.11/3", "11.4.9.9/3", "11.4.9.9/4")]
    public void An_invalid_descriptor_stops_the_queue_at_its_head(string mistake, ulong low, ulong high, ulong third, InvalidationQueueError expected)
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.AllContexts, new Descriptor(low, high, third), Descriptor.Wait(UnitFixture.Status, 1));

        Assert.Multiple(
            () => Assert.Equal(mistake, mistake),
            () => Assert.Equal(QueueError, Faults(fixture)),
            () => Assert.Equal(32UL, Head(fixture)),
            () => Assert.Equal((ulong)expected, ErrorRecord(fixture) & 0xF));
        Assert.Equal(0UL, fixture.Word(UnitFixture.Status));

        // Software overwrites the descriptor and clears the error. Fetching resumes there without a write of the tail.
        fixture.Set(UnitFixture.Queue + 32, Descriptor.WaitNothing.Low);
        fixture.Set(UnitFixture.Queue + 40, 0);
        fixture.Set(UnitFixture.Queue + 48, 0);
        fixture.Registers.Write32(0x34, QueueError);
        fixture.RunBriefly();
        Assert.Multiple(
            () => Assert.Equal(0u, Faults(fixture)),
            () => Assert.Equal(96UL, Head(fixture)),
            () => Assert.Equal(1UL, fixture.Word(UnitFixture.Status)));
    }

    [Fact]
    public void A_queue_that_is_not_empty_when_it_is_enabled_is_fetched()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.Set(UnitFixture.Queue, Descriptor.AllContexts.Low);
        fixture.Registers.Write64(0x88, 32);
        fixture.Registers.Write64(0x90, UnitFixture.Queue | 1 << 11);
        fixture.Command(1u << 26);
        fixture.RunBriefly();

        Assert.Equal(32UL, Head(fixture));
    }

    [Fact]
    [Specification("11.4.9.9/5")]
    public void Legacy_unit_has_a_queue_of_128_bits()
    {
        using UnitFixture fixture = new(UnitFixture.LegacyOptions);
        fixture.EnableQueue(wide: false);
        fixture.Submit(Descriptor.AllContexts);

        Assert.Equal((0u, 16UL), (Faults(fixture), Head(fixture)));
    }

    [Fact]
    public void Queue_that_was_disabled_carries_nothing_out()
    {
        using UnitFixture fixture = Make();
        fixture.Store(Descriptor.AllContexts);
        fixture.Registers.Write64(0x88, fixture.StoredTail);
        fixture.Clear(1u << 26);
        fixture.RunBriefly();

        Assert.Equal((0u, 0UL), (Faults(fixture), Head(fixture)));
    }

    [Fact]
    public void Descriptors_are_observed_and_invalid_ones_reported()
    {
        using UnitFixture fixture = Make();
        List<UnitEvent> seen = fixture.RecordEvents();
        fixture.Submit(Descriptor.Pages(new DomainId(7), 0x1000), new Descriptor(0));

        Assert.Contains(new UnitEvent(UnitEventKind.Invalidation, default, default, Descriptor.Pages(new DomainId(7), 0x1000).Low, 0x1000), seen);
        Assert.Contains("stopped at 0x20 (InvalidType)", Assert.Single(fixture.Reports), StringComparison.Ordinal);
    }

    [Fact]
    [Specification("6.5.2.10/4")]
    public void A_pending_event_stays_until_IWC_is_cleared()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.WaitInterrupt);
        fixture.Registers.Write32(0x9C, 0);
        Assert.Equal(1u << 30, fixture.Registers.Read32(0xA0) & 1u << 30);
        fixture.Registers.Write32(0x9C, 1);

        Assert.Equal(0u, fixture.Registers.Read32(0xA0) & 1u << 30);
    }

    [Fact]
    public void An_invalid_descriptor_that_stays_stops_the_queue_again()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(new Descriptor(0xF));
        fixture.Registers.Write32(0x34, QueueError);
        fixture.RunBriefly();

        Assert.Equal((QueueError, 0UL), (Faults(fixture), Head(fixture)));
    }

    [Theory]
    // Types 3 and 8 need ECAP.DT, and type 9 needs ECAP.PRS. Types 6 to 9 are invalid in legacy mode, for both widths (VT-d Table 26).
    [InlineData("DT", 0x3UL)]
    [InlineData("DT", 0x8UL)]
    [InlineData("PRS", 0x9UL)]
    [InlineData("legacy", 0x6UL | 2 << 4)]
    [InlineData("legacy", 0x7UL | 3 << 4)]
    [InlineData("legacy", 0x8UL)]
    [InlineData("legacy", 0x9UL)]
    [Specification("6.5.2.5/2", "6.5.2.6/3")]
    public void Types_that_the_unit_or_its_mode_lacks_are_invalid(string lacking, ulong low)
    {
        using UnitFixture fixture = lacking == "legacy" ? UnitFixture.InLegacyMode(0x20_0000) : UnitFixture.InScalableMode(Lacking.Capability(lacking));
        fixture.EnableQueue();
        fixture.Submit(new Descriptor(low));

        Assert.Equal((ulong)InvalidationQueueError.InvalidType, ErrorRecord(fixture) & 0xF);
    }

    [Theory]
    // IQEI 1: the tail is beyond the queue. IQEI 6: the tail is not a multiple of 256 bits. IQEI 2: the queue is not in memory (VT-d 11.4.9.9).
    [InlineData(0x1000UL, InvalidationQueueError.InvalidTail)]
    [InlineData(0x7_FFE0UL, InvalidationQueueError.InvalidTail)]
    [InlineData(0x30UL, InvalidationQueueError.MisalignedTail)]
    [Specification("6.5.2/7", "11.4.9.2/1", "11.4.9.9/1", "11.4.9.9/6")]
    public void A_tail_beyond_the_queue_is_an_error(ulong tail, InvalidationQueueError expected)
    {
        using UnitFixture fixture = Make();
        fixture.Registers.Write64(0x88, tail);
        fixture.RunBriefly();

        Assert.Equal((QueueError, (ulong)expected), (Faults(fixture), ErrorRecord(fixture) & 0xF));
    }

    [Fact]
    [Specification("11.4.9.9/2")]
    public void A_queue_outside_of_memory_is_a_fetch_error()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.Registers.Write64(0x90, UnitFixture.Hole | 1 << 11);
        fixture.Command(1u << 26);
        fixture.Registers.Write64(0x88, 32);
        fixture.RunBriefly();

        Assert.Equal((QueueError, (ulong)InvalidationQueueError.FetchError), (Faults(fixture), ErrorRecord(fixture) & 0xF));
    }

    [Fact]
    public void Types_of_scalable_mode_need_wide_descriptors()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.EnableQueue(wide: false);
        fixture.Submit(Descriptor.AllPasids);

        Assert.Equal((QueueError, (ulong)InvalidationQueueError.InvalidDescriptorWidth), (Faults(fixture), ErrorRecord(fixture) & 0xF));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    [Specification("6.5.2/1", "6.5.2/2", "11.4.9.3/1")]
    public void The_tail_wraps(bool wide, int order)
    {
        // In scalable mode no descriptor has 128 bits (VT-d 6.5.2.11, Table 26).
        using UnitFixture fixture = wide ? UnitFixture.InScalableMode() : UnitFixture.InLegacyMode(0x20_0000);
        fixture.EnableQueue(wide, order);
        ulong size = 4096UL << order;
        ulong step = wide ? 32UL : 16;
        uint count = 0;
        for (ulong done = 0; done < size * 5 / 2; done += 3 * step)
        {
            fixture.Submit(Descriptor.AllContexts, Descriptor.WaitNothing, Descriptor.Wait(UnitFixture.Status, ++count));
            Assert.Equal((count, fixture.StoredTail), (fixture.Word(UnitFixture.Status), Head(fixture)));
        }

        Assert.Equal(0u, Faults(fixture));
    }

    [Fact]
    public void IQA_is_latched_when_the_queue_is_enabled()
    {
        using UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000);
        fixture.EnableQueue(wide: false);
        fixture.Submit(Descriptor.AllContexts);

        // A write of IQA while the queue is enabled has no effect. Otherwise the head would stay inside a wide descriptor.
        fixture.Registers.Write64(0x90, UnitFixture.Ring | 1 << 11);
        fixture.Command(1u << 30);
        fixture.Submit(Descriptor.Wait(UnitFixture.Status, 1));

        Assert.Multiple(
            () => Assert.Equal(0u, Faults(fixture)),
            () => Assert.Equal(32UL, Head(fixture)),
            () => Assert.Equal(1UL, fixture.Word(UnitFixture.Status)));
    }

    [Fact]
    [Specification("6.5.2/5", "11.4.9.1/1")]
    public void A_disabled_queue_restarts_at_offset_0()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.AllContexts, Descriptor.AllPasids);
        Assert.Equal(64UL, Head(fixture));
        fixture.Clear(1u << 26);
        Assert.Equal(0UL, Head(fixture));
        fixture.RunBriefly();
        Assert.Equal(0UL, Head(fixture));
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    [Specification("6.5.2.9/1", "6.5.2.9/3", "6.5.2.9/7")]
    public void A_wait_completes_by_status_and_interrupt_as_requested(bool interrupt, bool write, bool fence)
    {
        using UnitFixture fixture = Make();
        fixture.Submit(new Descriptor(0x5 | (interrupt ? 1UL << 4 : 0) | (write ? 1UL << 5 : 0) | (fence ? 1UL << 6 : 0) | 0xCAFEUL << 32, UnitFixture.Status));

        Assert.Multiple(
            () => Assert.Equal(32UL, Head(fixture)),
            () => Assert.Equal(interrupt ? 1u : 0, fixture.Registers.Read32(0x9C)),
            () => Assert.Equal(write ? 0xCAFEUL : 0, fixture.Word(UnitFixture.Status)));
    }

    [Fact]
    public void A_status_write_has_four_bytes()
    {
        using UnitFixture fixture = Make();
        fixture.Set(UnitFixture.Status, ulong.MaxValue);
        fixture.Submit(Descriptor.Wait(UnitFixture.Status + 4, 0x1234_5678));

        Assert.Equal(0x1234_5678_FFFF_FFFFUL, fixture.Word(UnitFixture.Status));
    }

    [Fact]
    public void A_status_that_cannot_be_written_completes_no_wait()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(new Descriptor(0x5 | 1 << 4 | 1 << 5 | 1UL << 32, UnitFixture.Hole));

        Assert.Equal(0u, fixture.Registers.Read32(0x9C));
        Assert.Contains(fixture.Reports, report => report.Contains("status", StringComparison.Ordinal));
    }

    [Fact]
    [Specification("6.5/2")]
    public void A_unit_without_QI_has_no_queue()
    {
        VtdCapabilities legacy = UnitFixture.LegacyOptions.Capabilities;
        using UnitFixture fixture = new(UnitFixture.Options with
        {
            Capabilities = legacy with { ExtendedCapability = legacy.ExtendedCapability with { QueuedInvalidation = false } },
        });
        fixture.EnableQueue(wide: false);
        fixture.Submit(Descriptor.Wait(UnitFixture.Status, 1));

        Assert.Equal((0u, 0UL), (fixture.Registers.Read32(0x1C) & 1 << 26, fixture.Word(UnitFixture.Status)));
    }

    [Fact]
    [Specification("6.5.2/3")]
    public void The_queue_works_without_translation()
    {
        using UnitFixture fixture = new();
        fixture.EnableQueue();
        fixture.Submit(Descriptor.AllContexts, Descriptor.Wait(UnitFixture.Status, 1));

        Assert.Equal((0u, 1UL), (fixture.Registers.Read32(0x1C) >> 31, fixture.Word(UnitFixture.Status)));
    }

    public static TheoryData<string, Descriptor> FieldsOfCapabilities => new()
    {
        { "DIT", Descriptor.DeviceTlb(UnitFixture.Device) with { Low = Descriptor.DeviceTlb(UnitFixture.Device).Low | 1 << 12 } },
        { "DIT", Descriptor.DeviceTlb(UnitFixture.Device) with { Low = Descriptor.DeviceTlb(UnitFixture.Device).Low | 1UL << 63 } },
        { "DIT", Descriptor.PasidDeviceTlb(UnitFixture.Device, new Pasid(5)) with { Low = Descriptor.PasidDeviceTlb(UnitFixture.Device, new Pasid(5)).Low | 1 << 15 } },
        { "DIT", Descriptor.PasidDeviceTlb(UnitFixture.Device, new Pasid(5)) with { Low = Descriptor.PasidDeviceTlb(UnitFixture.Device, new Pasid(5)).Low | 1UL << 52 } },
        { "PDS", Descriptor.Wait(UnitFixture.Status, 1, drain: true) },
    };

    [Theory]
    [MemberData(nameof(FieldsOfCapabilities))]
    [Specification("6.5.2.5/4", "6.5.2.6/4", "6.5.2.9/5")]
    public void Fields_of_a_capability_are_reserved_without_it(string capability, Descriptor descriptor)
    {
        foreach (bool present in (bool[])[false, true])
        {
            using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.With(ecap => capability == "DIT"
                ? ecap with { DeviceTlbThrottling = present }
                : ecap with { PageRequestDrain = present }));
            fixture.EnableQueue();
            fixture.Submit(descriptor);

            Assert.Equal(present ? 0 : (ulong)InvalidationQueueError.ReservedField, ErrorRecord(fixture) & 0xF);
        }
    }

    [Fact]
    [Specification("6.5.2.9/2")]
    public void Bits_of_a_status_address_beyond_the_hosts_width_are_ignored()
    {
        using UnitFixture fixture = Make();
        fixture.Submit(Descriptor.Wait(UnitFixture.Status | 0xFFFF_C000_0000_0000, 0x77));

        Assert.Equal((0u, 0x77UL), (Faults(fixture), fixture.Word(UnitFixture.Status)));
    }

    [Fact]
    [Specification("6.5.2.10/5")]
    public void The_status_is_written_before_the_interrupt_is_sent()
    {
        using UnitFixture fixture = Make();
        fixture.Registers.Write32(0xA0, 0);
        ulong seen = 0;
        fixture.WhenSending = () => seen = fixture.Word(UnitFixture.Status);
        fixture.Submit(new Descriptor(0x5 | 1 << 4 | 1 << 5 | 0x55UL << 32, UnitFixture.Status));

        Assert.Equal((1, 0x55UL), (fixture.Interrupts.Count, seen));
    }

    [Fact]
    [Specification("6.5.2.12/1", "6.5.2.12/2", "6.5.2.12/3")]
    public void Descriptors_start_in_the_order_of_the_queue()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        UnitFixture fixture = space.Fixture;
        space.Output(DmaAccess.Read);
        fixture.EnableQueue();
        UnitCaches caches = fixture.Unit.Parts.Caches;
        int[] left = [];
        fixture.WhenSending = () => left = [caches.Contexts.Count, caches.Pasids.Count, caches.Iotlb.Count];
        fixture.Submit(Descriptor.AllContexts, Descriptor.AllPasids, Descriptor.AllTranslations, Descriptor.DeviceTlb(UnitFixture.Device));

        Assert.Equal([0, 0, 0], left);
    }

    private static UnitFixture Make()
    {
        UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.EnableQueue();
        return fixture;
    }

    private static ulong Head(UnitFixture fixture) => fixture.Registers.Read64(0x80);

    private static uint Faults(UnitFixture fixture) => fixture.Registers.Read32(0x34);

    private static ulong ErrorRecord(UnitFixture fixture) => fixture.Registers.Read64(0xB0);
}
