using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// Bugs of similar systems (docs/rules/bugs.md), reproduced on purpose. A driver omits a step or changes the order, and the checker detects it for some order
/// of events. All other tests run the right order.
/// </summary>
public sealed class WrongOrderTests
{
    private const int Seeds = 60;

    // No entry of a page table with this value is present, so the run continues until the checker reports the error.
    private const ulong Pattern = 0;
    private const ulong Window = 0x40_0000;
    private const int WindowPages = 8;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    [Fact]
    public void B4_Page_requests_that_are_discarded_are_never_answered() => AssertDetected(async fixture =>
    {
        (TestProcess process, SvaBond bond) = await BindAsync(fixture);
        await SubmitAsync(fixture, process, bond.Pasid);
        await fixture.Machine.Scheduler.WaitUntil(() => fixture.Subsystem.PageRequests.Statistics.Groups > 0 || process.Memory.ResidentPages > 0, Soon);

        // The ring is emptied by code that drops the requests.
        fixture.MaskPageRequestInterrupt(masked: true);
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(50));
        IRegisterBlock registers = fixture.Machine.Units[0].Registers;
        registers.Write64(RegisterOffsets.PageRequestQueueHead, registers.Read64(RegisterOffsets.PageRequestQueueTail));
        await fixture.Drivers[0].StopAsync(bond.Pasid, abort: true);
    });

    [Fact]
    public void B5_A_group_with_two_owners_is_answered_twice() => AssertDetected(async fixture =>
    {
        (TestProcess process, SvaBond bond) = await BindAsync(fixture);
        RequestRecorder recorder = new();
        using IDisposable recording = fixture.Machine.Fabric.Observe(recorder);
        await process.FillAsync(fixture.Drivers[0], bond, 0, 1, Pattern);

        Respond(fixture, Assert.Single(recorder.Requests));
    });

    [Fact]
    public void B7_A_group_is_answered_twice_if_its_middle_is_taken_for_its_end() => AssertDetected(
        async fixture =>
        {
            (TestProcess process, SvaBond bond) = await BindAsync(fixture);
            RequestRecorder recorder = new();
            using IDisposable recording = fixture.Machine.Fabric.Observe(recorder);
            Task<DmaCompletionRecord> fill = process.FillAsync(fixture.Drivers[0], bond, 0, 8, Pattern).AsTask();
            await fixture.Machine.Scheduler.WaitUntil(() => recorder.Requests.Count > 0, Soon);

            Respond(fixture, recorder.Requests[0]);
            await fill;
        },
        new FixtureOptions { Engine = new DmaEngineOptions { PagesPerGroup = 4 } });

    [Fact]
    public void B8_A_frame_is_used_again_before_its_invalidation() => AssertDetected(async fixture =>
    {
        (TestProcess process, SvaBond bond) = await BindAsync(fixture);
        await process.FillAsync(fixture.Drivers[0], bond, 0, 4, Pattern);
        await SubmitAsync(fixture, process, bond.Pasid);
        // The address space has no observer, so no cache is invalidated.
        bond.Binding.Subscription!.Dispose();
        await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), 4 * AddressRange.PageSize));
        TestProcess next = fixture.CreateProcess("next");
        for (int page = 0; page < 4; page++)
            await next.WordAsync(page);
        await fixture.Drivers[0].StopAsync(bond.Pasid, abort: true);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void B9_B18_A_number_is_used_again_without_a_drain(bool processExitedBefore) => AssertDetected(async fixture =>
    {
        (TestProcess process, SvaBond bond) = await BindAsync(fixture);
        Pasid pasid = bond.Pasid;
        IommuDevice device = fixture.Devices[0];
        // After the exit the unit answers new requests itself. The requests in its queue must still be there.
        fixture.MaskPageRequestInterrupt(masked: processExitedBefore);
        for (int page = 0; page < 32; page += 8)
            await SubmitAsync(fixture, process, bond.Pasid, page);
        if (processExitedBefore)
            await process.Memory.ExitAsync();
        await fixture.Drivers[0].StopAsync(bond.Pasid, abort: true);

        // The entry is cleared and the caches are invalidated, but requests are still in flight.
        await device.RevokeAsync(pasid, suppressFaults: false);
        device.Detach(pasid);
        TestProcess next = fixture.CreateProcess("next");
        NativeSvaBinding binding = new(next.Memory, setsAddressWidth: false);
        device.Attach(pasid, binding.EntryFor(device.Unit.Capabilities));
        fixture.MaskPageRequestInterrupt(masked: false);
        await fixture.Drivers[0].SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, next.Fill(0, 8, Pattern));
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(200));
        await fixture.Drivers[0].StopAsync(bond.Pasid, abort: true);
    });

    [Fact]
    public void B14_A_live_entry_is_replaced_in_several_writes() => AssertDetected(
        async fixture =>
        {
            IommuDevice device = fixture.Devices[0];
            DmaDomain before = await WindowAsync(fixture, "before");
            DmaDomain after = await WindowAsync(fixture, "after");
            DomainAttachment attachment = await IommuSubsystem.AttachAsync(device, before);
            DomainId id = after.AddUse(new DomainUse(device, IommuDevice.RequestsWithoutPasid, IsNested: false));
            // The processor is interrupted between two writes. The unit walks the old tables with the new domain id, and caches the translations.
            ulong entry = EntryOf(fixture, device, IommuDevice.RequestsWithoutPasid);
            DomainId old = new PasidEntry(fixture.Machine.Memory.ReadBits<Bits512>(entry)).DomainId;
            Bits512 bits = after.EntryFor(device.Unit.Capabilities, id).Bits;
            fixture.Machine.Memory.WriteUInt64(entry + sizeof(ulong), bits[1]);
            PostWindow(fixture);
            await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
            fixture.Machine.Memory.WriteUInt64(entry, bits[0]);
            await device.Unit.Invalidations.RunAsync(new InvalidationBatch().Pasid(old, IommuDevice.RequestsWithoutPasid).Domain(old));
            // The memory of the old domain is reused.
            Assert.True(before.TryTranslate(Window, out ulong frames));
            fixture.Machine.Memory.Write(frames, new byte[WindowPages * AddressRange.PageSize]);
            PostWindow(fixture);
            await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
            Assert.Equal(before, attachment.Domain);
        },
        new FixtureOptions { Engine = new DmaEngineOptions { InvalidateQueueDepth = 0, PageRequestCapacity = 0 } });

    [Fact]
    public void B22_A_device_TLB_is_disabled_before_its_invalidation() => AssertDetected(async fixture =>
    {
        (TestProcess process, SvaBond bond) = await BindAsync(fixture);
        await process.FillAsync(fixture.Drivers[0], bond, 0, 4, Pattern);
        for (int page = 0; page < 4; page++)
            await SubmitAsync(fixture, process, bond.Pasid, page);

        // The caches of the unit are invalidated and the frames are freed. The device still uses its translations, although software disabled ATS.
        Pasid pasid = bond.Pasid;
        bond.Binding.Subscription!.Dispose();
        await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), 4 * AddressRange.PageSize));
        await fixture.Devices[0].Unit.Invalidations.RunAsync(new InvalidationBatch().PasidTranslations(DomainIds.FirstStage, pasid));
        TestProcess next = fixture.CreateProcess("next");
        for (int page = 0; page < 4; page++)
            await next.WordAsync(page);
        await fixture.Drivers[0].StopAsync(bond.Pasid, abort: true);
    });

    /// <summary>Runs a mistake for several seeds until the checker detects it.</summary>
    private static void AssertDetected(Func<IommuFixture, Task> mistake, FixtureOptions? options = null)
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            IommuFixture fixture = new(seed, options);
            fixture.Machine.Run(async () =>
            {
                await fixture.StartAsync();
                await mistake(fixture);
            });
            fixture.Machine.Run();
            fixture.FindMissingResponses();
            if (fixture.Harmful.Any())
                return;
        }

        Assert.Fail($"The checker detected nothing for {Seeds} seeds.");
    }

    private static async Task<(TestProcess Process, SvaBond Bond)> BindAsync(IommuFixture fixture)
    {
        TestProcess process = fixture.CreateProcess();
        return (process, await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory));
    }

    private static ValueTask SubmitAsync(IommuFixture fixture, TestProcess process, Pasid pasid, int page = 0) =>
        fixture.Drivers[0].SubmitAsync(IommuFixture.SharedQueue, pasid, process.Fill(page, 8, Pattern));

    private static void Respond(IommuFixture fixture, PageRequestMessage request) => fixture.Subsystem.Units[0].Invalidations.Post(new PageGroupResponse
    {
        RequesterId = request.Requester,
        PasidPresent = true,
        Pasid = request.Prefix.Pasid,
        GroupIndex = (ushort)request.GroupIndex,
        ResponseCode = PageResponse.InvalidRequest,
    }.Bits);

    private static async Task<DmaDomain> WindowAsync(IommuFixture fixture, string name)
    {
        DmaDomain domain = fixture.Subsystem.CreateDomain(name);
        ulong frames = fixture.Subsystem.Frames.AllocateContiguous(WindowPages);
        for (ulong page = 0; page < WindowPages; page++)
            await domain.MapAsync(new AddressRange(Window + page * AddressRange.PageSize, AddressRange.PageSize), frames + page * AddressRange.PageSize, MemoryRights.ReadWrite);
        return domain;
    }

    private static void PostWindow(IommuFixture fixture)
    {
        for (int job = 0; job < 8; job++)
        {
            fixture.Drivers[0].Post(IommuFixture.PlainQueue, new DmaDescriptor
            {
                Operation = DmaOperation.Fill,
                Destination = Window,
                Length = WindowPages * AddressRange.PageSize,
            });
        }
    }

    /// <summary>Returns the address of a PASID's entry, by a walk of the tables.</summary>
    private static ulong EntryOf(IommuFixture fixture, IommuDevice device, Pasid pasid)
    {
        ScalableContextEntry context = device.Unit.Contexts[device.RequesterId];
        PasidDirectoryEntry directory = new(fixture.Machine.Memory.ReadUInt64(context.PasidDirectory + (pasid.Value >> 6) * 8));
        return directory.PasidTable + (ulong)PasidEntry.IndexOf(pasid) * 64;
    }

    private sealed class RequestRecorder : IFabricObserver
    {
        public List<PageRequestMessage> Requests { get; } = [];

        public void Sent(in FabricMessage message)
        {
            if (message.Kind == FabricMessageKind.PageRequest)
                Requests.Add(message.AsPageRequest);
        }

        public void Arriving(in FabricMessage message)
        {
            // Only sent requests are recorded.
        }

        public void Lost(in FabricMessage message)
        {
            // Only sent requests are recorded.
        }
    }
}
