using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// The descriptors of the host for each descriptor of a guest. The guest's PASID 2 is PASID 3 of the host, and its domain is domain 3 of the host.
/// </summary>
public sealed class GuestInvalidationOrderTests
{
    private static readonly Pasid Pasid = new(2);
    private const string All = "0x0-0xFFFFFFFFFFFFFFFF";

    private static readonly RequesterId Bound = TestGuest.VirtualId(0);
    private static readonly RequesterId Unbound = TestGuest.VirtualId(1);

    private static readonly Dictionary<string, (Bits256 Descriptor, string[] Submitted)> Descriptors = new()
    {
        ["contexts of a device"] = (new ContextCacheInvalidation { Granularity = ContextInvalidationGranularity.Device, SourceId = Bound }.Bits, ["PASIDs of domain 3", "wait"]),
        ["contexts of many devices"] = (new ContextCacheInvalidation { Granularity = ContextInvalidationGranularity.Device, SourceId = Bound, FunctionMask = 3 }.Bits, ["PASIDs of domain 3", "wait"]),
        ["a PASID's entry"] = (new PasidCacheInvalidation { Granularity = PasidCacheGranularity.Pasid, Pasid = Pasid }.Bits, ["PASID 3 in domain 3", "wait"]),
        ["all entries"] = (new PasidCacheInvalidation { Granularity = PasidCacheGranularity.Global }.Bits, ["PASIDs of domain 3", "wait"]),
        ["a PASID's translations"] = (new PasidIotlbInvalidation { Granularity = PasidIotlbGranularity.Pasid, Pasid = Pasid }.Bits, ["PASID 3 in domain 3: everything", "wait"]),
        ["pages, with ignored low bits"] = (
            new PasidIotlbInvalidation { Granularity = PasidIotlbGranularity.Page, Pasid = Pasid, Address = 0x7000, AddressMask = 1 }.Bits,
            ["PASID 3 in domain 3: 0x6000, order 1", "wait"]),
        ["leaves of pages"] = (
            new PasidIotlbInvalidation { Granularity = PasidIotlbGranularity.Page, Pasid = Pasid, Address = 0x7000, InvalidationHint = true }.Bits,
            ["PASID 3 in domain 3: 0x7000, order 0, only leaves", "wait"]),
        ["all translations"] = (new IotlbInvalidation { Granularity = IotlbInvalidationGranularity.Global }.Bits, ["domain 3, drained", "wait"]),
        ["a device TLB"] = (new DeviceTlbInvalidation { SourceId = Bound, Range = DeviceTlbRange.Everything }.Bits, [$"device TLB: {All}", "wait"]),
        ["a PASID of a device TLB"] = (new PasidDeviceTlbInvalidation { SourceId = Bound, Pasid = Pasid, Range = DeviceTlbRange.Everything }.Bits, [$"device TLB, PASID 3: {All}", "wait"]),
        ["a PASID where it is not bound"] = (new PasidDeviceTlbInvalidation { SourceId = Unbound, Pasid = Pasid, Range = DeviceTlbRange.Everything }.Bits, []),
        ["all PASIDs of a device TLB"] = (new PasidDeviceTlbInvalidation { SourceId = Bound, Global = true, Range = DeviceTlbRange.Everything }.Bits, [$"device TLB, PASID 3: {All}", "wait"]),
        ["all PASIDs where none is bound"] = (new PasidDeviceTlbInvalidation { SourceId = Unbound, Global = true, Range = DeviceTlbRange.Everything }.Bits, []),
        ["a wait that drains page requests"] = (new InvalidationWait { PageRequestDrain = true }.Bits, ["wait, drain page requests"]),
        ["a wait that does not drain"] = (new InvalidationWait { Fence = true }.Bits, []),
    };

    public static TheoryData<string> Names => [.. Descriptors.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_descriptor_of_the_guest_is_translated_to_ids_of_the_host(string descriptorName) => Run(async (fixture, guest) =>
    {
        (Bits256 descriptor, string[] submitted) = Descriptors[descriptorName];
        QueueTrace trace = new(fixture);
        trace.Take();

        Assert.Equal(InvalidationQueueError.None, await guest.Container.InvalidateAsync(new InvalidationDescriptor(descriptor)));

        Assert.Equal(submitted, trace.Take());
        Assert.Equal(0, guest.Signals);
        Assert.Multiple(
            () => Assert.Equal(1L, guest.Container.Statistics.Invalidations),
            () => Assert.Equal(0L, guest.Container.Statistics.InvalidationErrors),
            () => Assert.Equal(0L, guest.Container.Statistics.Refused));
    });

    [Fact]
    public void No_invalidation_is_submitted_without_a_bound_PASID() => Run(async (fixture, guest) =>
    {
        Assert.True(await guest.UnbindAsync(new PrivateIoAsid(Pasid.Value), TestGuest.VirtualId(0)));
        QueueTrace trace = new(fixture);
        trace.Take();
        foreach (Bits256 descriptor in (Bits256[])[
            new ContextCacheInvalidation { Granularity = ContextInvalidationGranularity.Device, SourceId = Bound }.Bits,
            new PasidCacheInvalidation { Granularity = PasidCacheGranularity.Pasid, Pasid = Pasid }.Bits,
            new IotlbInvalidation { Granularity = IotlbInvalidationGranularity.Global }.Bits])
            Assert.Equal(InvalidationQueueError.None, await guest.Container.InvalidateAsync(new InvalidationDescriptor(descriptor)));
        Assert.Empty(trace.Take());
    });

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_wait_writes_and_signals_only_if_its_flags_say_so(bool writes, bool signals) => Run(async (_, guest) =>
    {
        ulong status = guest.Frames.Allocate();
        guest.Container.Memory.WriteUInt32(status, 7);
        InvalidationWait wait = new() { StatusWrite = writes, StatusAddress = status, StatusData = 9, InterruptFlag = signals };

        Assert.Equal(InvalidationQueueError.None, await guest.Container.InvalidateAsync(new InvalidationDescriptor(wait.Bits)));

        Assert.Equal((writes ? 9u : 7u, signals ? 1 : 0), (guest.Container.Memory.ReadUInt32(status), guest.Signals));
    });

    [Fact]
    public void A_device_that_the_guest_does_not_have_is_refused_and_counted() => Run(async (fixture, guest) =>
    {
        ContextCacheInvalidation strange = new() { Granularity = ContextInvalidationGranularity.Device, SourceId = new RequesterId(0x10) };
        Assert.Equal(InvalidationQueueError.ReservedField, await guest.Container.InvalidateAsync(new InvalidationDescriptor(strange.Bits)));
        Assert.Multiple(
            () => Assert.Equal(0L, guest.Container.Statistics.Invalidations),
            () => Assert.Equal(1L, guest.Container.Statistics.InvalidationErrors),
            () => Assert.Equal(1L, guest.Container.Statistics.Refused));

        TestGuest alone = await TestGuest.StartAsync(fixture, "without devices", devices: 0);
        ContextCacheInvalidation all = new() { Granularity = ContextInvalidationGranularity.Global };
        Assert.Equal(InvalidationQueueError.None, await alone.Container.InvalidateAsync(new InvalidationDescriptor(all.Bits)));
        Assert.Equal(0, alone.Container.Statistics.Refused);
        await alone.TerminateAsync();
    });

    /// <summary>The unit has answered the requests that were lost in the overflow. Later requests may also precede the wait.</summary>
    [Fact]
    public void A_wait_that_drains_is_repeated_after_an_overflow() => IommuFixture.Run(
        seeds: 1,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture);
            await guest.CreateBoundProcessAsync();
            TestProcess process = fixture.CreateProcess();
            List<SvaBond> bonds = await fixture.BindAllAsync(process);
            fixture.MaskPageRequestInterrupt(masked: true);
            Task<DmaCompletionRecord>[] fills = [.. bonds.SelectMany((bond, index) => Enumerable.Range(0, 4).Select(
                part => process.FillAsync(fixture.Drivers[index], bond, part * 16, 16, pattern: 1).AsTask()))];
            await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
            QueueTrace trace = new(fixture);
            trace.Take();

            await guest.Container.InvalidateAsync(new InvalidationDescriptor(new InvalidationWait { PageRequestDrain = true }.Bits));

            string[] submitted = trace.Take();
            Assert.All(submitted, words => Assert.Equal("wait, drain page requests", words));
            Assert.InRange(submitted.Length, 2, 10);
            fixture.MaskPageRequestInterrupt(masked: false);
            Assert.All(await Task.WhenAll(fills), record => Assert.Equal(DmaStatus.Success, record.Status));
            await fixture.UnbindAllAsync(bonds);
            await process.Memory.ExitAsync();
            await guest.TerminateAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions
        {
            Devices = 4,
            Engine = new Emulation.DmaEngineOptions { PagesPerGroup = 16, PageRequestCapacity = 64 },
            Iommu = new IommuOptions { PageRequestRingOrder = 0 },
        });

    private static void Run(Func<IommuFixture, TestGuest, Task> test) => IommuFixture.Run(
        seeds: 1,
        async fixture =>
        {
            TestGuest neighbour = await TestGuest.StartAsync(fixture, "neighbour");
            await neighbour.CreateBoundProcessAsync();
            TestGuest guest = await TestGuest.StartAsync(fixture, devices: 2);
            guest.Container.Allocate();
            GuestProcess process = await guest.CreateBoundProcessAsync();
            Assert.Equal(Pasid.Value, process.Pasid.Value);

            await test(fixture, guest);

            await guest.TerminateAsync();
            await neighbour.TerminateAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Devices = 2 });
}
