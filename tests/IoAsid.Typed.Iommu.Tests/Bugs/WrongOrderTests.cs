using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// Bugs that systems like this one had (docs/rules/bugs.md), made again on purpose: a driver does the steps in the wrong order, or leaves one out, and the
/// checker sees it for some order of events. The right order is what all the other tests run.
/// </summary>
public sealed class WrongOrderTests
{
    private const int Seeds = 60;

    // Where it lands in page tables, nothing is present: the run goes on, and the checker has the word.
    private const ulong Pattern = 0;
    private const ulong Window = 0x40_0000;
    private const int WindowPages = 8;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    [Fact]
    public void B4_Page_requests_forgotten_with_their_device_are_never_answered() => IsSeen(async bench =>
    {
        (TestProcess process, SvaBond bond) = await BindAsync(bench);
        await SubmitAsync(bench, process, bond.Pasid);
        await bench.Machine.Scheduler.WaitUntil(() => bench.Subsystem.PageRequests.Statistics.Groups > 0 || process.Memory.ResidentPages > 0, Soon);

        // The ring is emptied by somebody who throws away what he finds.
        bench.MaskPageRequestInterrupt(masked: true);
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(50));
        IRegisterBlock registers = bench.Machine.Units[0].Registers;
        registers.Write64(RegisterOffsets.PageRequestQueueHead, registers.Read64(RegisterOffsets.PageRequestQueueTail));
        await bench.Drivers[0].StopAsync(bond.Pasid, abort: true);
    });

    [Fact]
    public void B5_A_group_with_two_owners_is_answered_twice() => IsSeen(async bench =>
    {
        (TestProcess process, SvaBond bond) = await BindAsync(bench);
        RequestWatch watch = new();
        using IDisposable watching = bench.Machine.Fabric.Observe(watch);
        await process.FillAsync(bench.Drivers[0], bond, 0, 1, Pattern);

        Answer(bench, Assert.Single(watch.Requests));
    });

    [Fact]
    public void B7_A_part_of_a_group_that_is_taken_for_its_end_is_answered_too_often() => IsSeen(
        async bench =>
        {
            (TestProcess process, SvaBond bond) = await BindAsync(bench);
            RequestWatch watch = new();
            using IDisposable watching = bench.Machine.Fabric.Observe(watch);
            Task<DmaCompletionRecord> fill = process.FillAsync(bench.Drivers[0], bond, 0, 8, Pattern).AsTask();
            await bench.Machine.Scheduler.WaitUntil(() => watch.Requests.Count > 0, Soon);

            Answer(bench, watch.Requests[0]);
            await fill;
        },
        new BenchOptions { Engine = new DmaEngineOptions { PagesPerGroup = 4 } });

    [Fact]
    public void B8_A_frame_is_used_again_before_the_caches_forget_it() => IsSeen(async bench =>
    {
        (TestProcess process, SvaBond bond) = await BindAsync(bench);
        await process.FillAsync(bench.Drivers[0], bond, 0, 4, Pattern);
        await SubmitAsync(bench, process, bond.Pasid);
        // What exit does without telling anybody: nobody observes the address space any more.
        bond.Binding.Subscription!.Dispose();
        await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), 4 * AddressRange.PageSize));
        TestProcess next = bench.CreateProcess("next");
        for (int page = 0; page < 4; page++)
            await next.WordAsync(page);
        await bench.Drivers[0].StopAsync(bond.Pasid, abort: true);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void B9_B18_A_number_is_used_again_without_a_drain(bool processExitedBefore) => IsSeen(async bench =>
    {
        (TestProcess process, SvaBond bond) = await BindAsync(bench);
        Pasid pasid = bond.Pasid;
        IommuDevice device = bench.Devices[0];
        // After the exit the unit refuses by itself: what it has queued before must still be there.
        bench.MaskPageRequestInterrupt(masked: processExitedBefore);
        for (int page = 0; page < 32; page += 8)
            await SubmitAsync(bench, process, bond.Pasid, page);
        if (processExitedBefore)
            await process.Memory.ExitAsync();
        await bench.Drivers[0].StopAsync(bond.Pasid, abort: true);

        // The entry is clear and the caches are empty: is that not enough?
        await device.RevokeAsync(pasid, suppressFaults: false);
        device.Detach(pasid);
        TestProcess next = bench.CreateProcess("next");
        NativeSvaBinding binding = new(next.Memory, setsAddressWidth: false);
        device.Attach(pasid, binding.EntryFor(device.Unit.Capabilities));
        bench.MaskPageRequestInterrupt(masked: false);
        await bench.Drivers[0].SubmitAsync(IommuBench.SharedQueue, bond.Pasid, next.Fill(0, 8, Pattern));
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(200));
        await bench.Drivers[0].StopAsync(bond.Pasid, abort: true);
    });

    [Fact]
    public void B14_A_live_entry_is_replaced_in_several_writes() => IsSeen(
        async bench =>
        {
            IommuDevice device = bench.Devices[0];
            DmaDomain before = await WindowAsync(bench, "before");
            DmaDomain after = await WindowAsync(bench, "after");
            DomainAttachment attachment = await IommuSubsystem.AttachAsync(device, before);
            DomainId id = after.AddUse(new DomainUse(device, IommuDevice.RequestsWithoutPasid, IsNested: false));
            // The processor is interrupted between two writes: the unit finds the old tables under the new domain id, and remembers them so.
            ulong entry = EntryOf(bench, device, IommuDevice.RequestsWithoutPasid);
            DomainId old = new PasidEntry(bench.Machine.Memory.ReadBits<Bits512>(entry)).DomainId;
            Bits512 bits = after.EntryFor(device.Unit.Capabilities, id).Bits;
            bench.Machine.Memory.WriteUInt64(entry + sizeof(ulong), bits[1]);
            PostWindow(bench);
            await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
            bench.Machine.Memory.WriteUInt64(entry, bits[0]);
            await device.Unit.Invalidations.RunAsync(new InvalidationBatch().Pasid(old, IommuDevice.RequestsWithoutPasid).Domain(old));
            // The old domain's memory is used for something else.
            Assert.True(before.TryTranslate(Window, out ulong frames));
            bench.Machine.Memory.Write(frames, new byte[WindowPages * AddressRange.PageSize]);
            PostWindow(bench);
            await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
            Assert.Equal(before, attachment.Domain);
        },
        new BenchOptions { Engine = new DmaEngineOptions { InvalidateQueueDepth = 0, PageRequestCapacity = 0 } });

    [Fact]
    public void B22_A_device_TLB_is_switched_off_before_it_is_emptied() => IsSeen(async bench =>
    {
        (TestProcess process, SvaBond bond) = await BindAsync(bench);
        await process.FillAsync(bench.Drivers[0], bond, 0, 4, Pattern);
        for (int page = 0; page < 4; page++)
            await SubmitAsync(bench, process, bond.Pasid, page);

        // The unit is told and the frames go; the device, whose ATS software believes to be off, goes on with what it knows.
        Pasid pasid = bond.Pasid;
        bond.Binding.Subscription!.Dispose();
        await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), 4 * AddressRange.PageSize));
        await bench.Devices[0].Unit.Invalidations.RunAsync(new InvalidationBatch().PasidTranslations(DomainIds.FirstStage, pasid));
        TestProcess next = bench.CreateProcess("next");
        for (int page = 0; page < 4; page++)
            await next.WordAsync(page);
        await bench.Drivers[0].StopAsync(bond.Pasid, abort: true);
    });

    /// <summary>Runs the mistake for many seeds until the checker has something to say.</summary>
    private static void IsSeen(Func<IommuBench, Task> mistake, BenchOptions? options = null)
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            IommuBench bench = new(seed, options);
            bench.Machine.Run(async () =>
            {
                await bench.StartAsync();
                await mistake(bench);
            });
            bench.Machine.Run();
            bench.FindMissingResponses();
            if (bench.Harmful.Any())
                return;
        }

        Assert.Fail($"Nothing was seen for {Seeds} seeds.");
    }

    private static async Task<(TestProcess Process, SvaBond Bond)> BindAsync(IommuBench bench)
    {
        TestProcess process = bench.CreateProcess();
        return (process, await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory));
    }

    private static ValueTask SubmitAsync(IommuBench bench, TestProcess process, Pasid pasid, int page = 0) =>
        bench.Drivers[0].SubmitAsync(IommuBench.SharedQueue, pasid, process.Fill(page, 8, Pattern));

    private static void Answer(IommuBench bench, PageRequestMessage request) => bench.Subsystem.Units[0].Invalidations.Post(new PageGroupResponse
    {
        RequesterId = request.Requester,
        PasidPresent = true,
        Pasid = request.Prefix.Pasid,
        GroupIndex = (ushort)request.GroupIndex,
        ResponseCode = PageRequestResponseCode.InvalidRequest,
    }.Bits);

    private static async Task<DmaDomain> WindowAsync(IommuBench bench, string name)
    {
        DmaDomain domain = bench.Subsystem.CreateDomain(name);
        ulong frames = bench.Subsystem.Frames.AllocateContiguous(WindowPages);
        for (ulong page = 0; page < WindowPages; page++)
            await domain.MapAsync(new AddressRange(Window + page * AddressRange.PageSize, AddressRange.PageSize), frames + page * AddressRange.PageSize, MemoryRights.ReadWrite);
        return domain;
    }

    private static void PostWindow(IommuBench bench)
    {
        for (int job = 0; job < 8; job++)
        {
            bench.Drivers[0].Post(IommuBench.PlainQueue, new DmaDescriptor
            {
                Operation = DmaOperation.Fill,
                Destination = Window,
                Length = WindowPages * AddressRange.PageSize,
            });
        }
    }

    /// <summary>Where a PASID's entry is, by the tables as the unit finds them.</summary>
    private static ulong EntryOf(IommuBench bench, IommuDevice device, Pasid pasid)
    {
        ScalableContextEntry context = device.Unit.Contexts[device.RequesterId];
        PasidDirectoryEntry directory = new(bench.Machine.Memory.ReadUInt64(context.PasidDirectory + (pasid.Value >> 6) * 8));
        return directory.PasidTable + (ulong)PasidEntry.IndexOf(pasid) * 64;
    }

    private sealed class RequestWatch : IFabricObserver
    {
        public List<PageRequestMessage> Requests { get; } = [];

        public void Sent(in FabricMessage message)
        {
            if (message.Kind == FabricMessageKind.PageRequest)
                Requests.Add(message.AsPageRequest);
        }

        public void Arriving(in FabricMessage message)
        {
            // What was sent is enough.
        }

        public void Lost(in FabricMessage message)
        {
            // Nor does it matter here.
        }
    }
}
