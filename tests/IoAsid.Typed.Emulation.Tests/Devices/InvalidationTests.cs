using CsCheck;
using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// What the completion of an ATS invalidation says: nothing sent later, and no page request sent before, is still to come.
/// </summary>
public sealed class InvalidationTests
{
    private const ulong Wide = 0x800;

    [Fact]
    public void After_a_completion_nothing_arrives_that_uses_what_was_invalidated()
    {
        Gen.ULong[1, ulong.MaxValue].Sample(
            seed =>
            {
                DmaBench bench = new DmaBench(seed).Enable();
                ulong stale = bench.MapFilled(DmaBench.Pasid, DmaBench.Source, pages: 1, first: 1)[0];
                bench.MapFilled(DmaBench.Pasid, DmaBench.Destination, pages: 1, first: 2);
                int requestsWhenComplete = 0;
                bench.Unit.OnCompletion = _ => requestsWhenComplete = bench.Unit.Requests.Count;
                bench.Machine.Run(async () =>
                {
                    ulong[] records = [.. Enumerable.Range(0, 6).Select(_ => bench.Submit(DmaBench.DedicatedQueue, DmaBench.Copy(0x1000)))];
                    await bench.Machine.Scheduler.WaitUntil(() => bench.Unit.Requests.Count > (int)(seed % 40), DmaBench.Patience);
                    bench.MapFilled(DmaBench.Pasid, DmaBench.Source, pages: 1, first: 3);
                    bench.Invalidate(5, DmaBench.Source);
                    await bench.Machine.Scheduler.WaitUntil(
                        () => records.All(record => bench.RecordAt(record).Status != DmaStatus.None), DmaBench.Patience);
                });
                bench.Machine.Run();

                Assert.Equal([1u << 5], bench.Unit.Completions);
                return !bench.Unit.Requests.Skip(requestsWhenComplete).Any(
                    request => request.IsTranslated && (request.Address & ~0xFFFUL) == stale);
            },
            iter: 200);
    }

    [Fact]
    public void A_translation_that_was_under_way_when_its_invalidation_came_is_not_used_after_the_completion()
    {
        bool crossed = false;
        for (ulong seed = 1; seed < 400; seed++)
        {
            DmaBench bench = new DmaBench(seed).Enable();
            ulong stale = bench.MapPage(DmaBench.Pasid, DmaBench.Source);
            bench.MapPage(DmaBench.Pasid, DmaBench.Destination);
            bool isComplete = false;
            bench.Unit.OnCompletion = _ => isComplete = true;
            int requestsWhenComplete = 0;
            bench.Machine.Run(async () =>
            {
                Task<DmaCompletionRecord> copy = bench.DoAsync(DmaBench.DedicatedQueue, DmaBench.Copy(64));
                await bench.Machine.Scheduler.WaitUntil(() => bench.Unit.TranslationRequests.Count == 1, DmaBench.Patience);
                bench.MapPage(DmaBench.Pasid, DmaBench.Source);
                bench.Invalidate(0, DmaBench.Source);
                await bench.Machine.Scheduler.WaitUntil(() => isComplete, DmaBench.Patience);
                requestsWhenComplete = bench.Unit.Requests.Count;
                await copy;
            });

            crossed |= bench.Unit.TranslationRequests.Count(request => request.Address == DmaBench.Source) == 2;
            Assert.DoesNotContain(
                bench.Unit.Requests.Skip(requestsWhenComplete), request => request.IsTranslated && (request.Address & ~0xFFFUL) == stale);
        }

        Assert.True(crossed);
    }

    [Fact]
    public void A_completion_never_arrives_before_a_page_request_sent_before_it()
    {
        for (ulong seed = 1; seed < 100; seed++)
        {
            DmaBench bench = new DmaBench(seed, new DmaEngineOptions { Engines = 8 }).Enable();
            List<string> sent = [];
            List<string> arrived = [];
            bench.Machine.Fabric.Observe(new PostedLog(sent, arrived));
            bench.Machine.Run(async () =>
            {
                for (int number = 0; number < 8; number++)
                {
                    DmaDescriptor copy = DmaBench.Blocking(8) with { Source = DmaBench.Source + (ulong)number * 0x1000 };
                    bench.Submit(DmaBench.DedicatedQueue, copy);
                }

                for (int tag = 0; tag < 8; tag++)
                {
                    bench.Invalidate(tag, DmaBench.Source);
                    await bench.Machine.Scheduler.Yield();
                }
            });
            bench.Machine.Run();

            Assert.Equal(sent, arrived);
            Assert.Contains("PageRequest", arrived);
            Assert.Contains("InvalidateCompletion", arrived);
        }
    }

    public static TheoryData<string, ulong, Pasid?, bool, int[]> Ranges() => new()
    {
        { "one page", 0x1000, new Pasid(1), false, [0, 2, 3, 4, 5, 6, 7] },
        { "two pages, S with no ones", 0x2000 | Wide, new Pasid(1), false, [0, 1, 4, 5, 6, 7] },
        { "four pages, one 1", 0x1000 | Wide, new Pasid(1), false, [4, 5, 6, 7] },
        { "everything of a PASID", 0x7FFF_FFFF_FFFF_F000 | Wide, new Pasid(1), false, [4, 5, 6, 7] },
        { "requests without PASID", 0x7FFF_FFFF_FFFF_F000 | Wide, null, false, [0, 1, 2, 3, 4, 5] },
        { "all PASIDs", 0x7FFF_FFFF_FFFF_F000 | Wide, null, true, [] },
        { "one page of all PASIDs", 0x0000, null, true, [1, 2, 3, 5, 7] },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void An_invalidation_drops_what_it_is_about_and_nothing_else(string what, ulong address, Pasid? pasid, bool all, int[] left)
    {
        (PasidPrefix Prefix, ulong Address)[] held =
        [
            (new PasidPrefix(new Pasid(1)), 0x0000), (new PasidPrefix(new Pasid(1)), 0x1000), (new PasidPrefix(new Pasid(1)), 0x2000), (new PasidPrefix(new Pasid(1)), 0x3000),
            (new PasidPrefix(new Pasid(2)), 0x0000), (new PasidPrefix(new Pasid(2)), 0x1000), (default, 0x0000), (default, 0x1000),
        ];
        DeviceTlb tlb = new(16);
        foreach ((PasidPrefix prefix, ulong page) in held)
            tlb.Add(prefix, page, new TranslationEntry(0x10_0000 + page, 12, Read: true, Write: true));
        InvalidateRequestMessage message = new(DmaBench.Engine0, 0, address, pasid is { } number ? new PasidPrefix(number) : default, all);

        tlb.Invalidate(message, Vtd.DeviceTlbRange.Decode(address, (address & Wide) != 0));

        int[] found = [.. Enumerable.Range(0, held.Length).Where(at => tlb.TryFind(held[at].Prefix, held[at].Address, out _))];
        Assert.True(left.SequenceEqual(found), $"{what}: left {string.Join(',', found)}");
    }

    [Fact]
    public void A_large_page_goes_when_any_page_of_it_is_invalidated()
    {
        DeviceTlb tlb = new(4);
        tlb.Add(new PasidPrefix(new Pasid(1)), 0x20_0000, new TranslationEntry(0x80_0000, 21, Read: true, Write: true));
        Assert.True(tlb.TryFind(new PasidPrefix(new Pasid(1)), 0x3F_F123, out TranslationEntry entry));
        Assert.Equal(0x80_0000UL, entry.Address);

        tlb.Invalidate(new InvalidateRequestMessage(DmaBench.Engine0, 0, 0x3F_F000, new PasidPrefix(new Pasid(1))), new Vtd.DeviceTlbRange(0x3F_F000, 0));

        Assert.False(tlb.TryFind(new PasidPrefix(new Pasid(1)), 0x20_0000, out _));
    }

    [Fact]
    public void A_global_translation_is_found_with_every_PASID_and_stays_when_one_is_invalidated()
    {
        DeviceTlb tlb = new(4);
        tlb.Add(new PasidPrefix(new Pasid(1)), 0x1000, new TranslationEntry(0x5000, 12, Read: true, Write: true, Global: true));
        InvalidateRequestMessage one = new(DmaBench.Engine0, 0, 0x1000, new PasidPrefix(new Pasid(1)));
        tlb.Invalidate(one, new Vtd.DeviceTlbRange(0x1000, 0));
        Assert.True(tlb.TryFind(new PasidPrefix(new Pasid(2)), 0x1000, out _));

        tlb.Invalidate(one with { AllPasids = true }, new Vtd.DeviceTlbRange(0x1000, 0));
        Assert.False(tlb.TryFind(new PasidPrefix(new Pasid(2)), 0x1000, out _));
    }

    [Fact]
    public void A_device_TLB_agrees_with_a_plain_list_however_it_is_filled()
    {
        Gen.Select(Gen.UInt[0, 3].Select(number => new Pasid(number)), Gen.ULong[0, 7], Gen.Bool).Array[1, 60].Sample(steps =>
        {
            DeviceTlb tlb = new(8);
            List<(Pasid Pasid, ulong Page)> plain = [];
            foreach ((Pasid pasid, ulong page, bool isAdded) in steps)
            {
                if (isAdded)
                    tlb.Add(new PasidPrefix(pasid), page << 12, new TranslationEntry((page << 12) + (pasid.Value << 20), 12, Read: true, Write: false));
                else
                    tlb.Invalidate(new InvalidateRequestMessage(DmaBench.Engine0, 0, page << 12, new PasidPrefix(pasid)), new Vtd.DeviceTlbRange(page << 12, 0));
                plain.Remove((pasid, page));
                if (isAdded)
                    plain.Add((pasid, page));
            }

            return tlb.Count <= 8 && Enumerable.Range(0, 32).All(at => IsRight(tlb, plain, new Pasid((uint)at >> 3), (ulong)at & 7));
        });

        // It may have forgotten, to make room; it must not have kept what went, nor mixed up.
        static bool IsRight(DeviceTlb tlb, List<(Pasid, ulong)> plain, Pasid pasid, ulong page) =>
            !tlb.TryFind(new PasidPrefix(pasid), page << 12, out TranslationEntry entry)
            || plain.Contains((pasid, page)) && entry.Address == (page << 12) + (pasid.Value << 20);
    }

    [Fact]
    public void Invalidations_beyond_the_depth_of_the_queue_are_lost_and_all_others_complete()
    {
        bool isAnyLost = false;
        for (ulong seed = 0; seed < 50; seed++)
        {
            DmaBench bench = new DmaBench(seed, new DmaEngineOptions { InvalidateQueueDepth = 2 }).Enable();
            for (int tag = 0; tag < 8; tag++)
                bench.Invalidate(tag, DmaBench.Source);
            bench.Machine.Run();

            Assert.Equal(8 - bench.Engine.LostInvalidations, bench.Unit.Completions.Sum(tags => (long)uint.PopCount(tags)));
            isAnyLost |= bench.Engine.LostInvalidations > 0;
        }

        Assert.True(isAnyLost);
    }

    [Fact]
    public void A_function_without_ATS_enabled_does_not_complete_an_invalidation()
    {
        DmaBench bench = new DmaBench(0).Enable(ats: false);
        bench.Invalidate(0, DmaBench.Source);
        bench.Machine.Run();

        Assert.Empty(bench.Unit.Completions);
        Assert.Equal(1, bench.Engine.UnexpectedMessages);
    }

    private sealed class PostedLog(List<string> sent, List<string> arrived) : IFabricObserver
    {
        public void Sent(in FabricMessage message) => Note(sent, message);

        public void Arriving(in FabricMessage message) => Note(arrived, message);

        private static void Note(List<string> log, in FabricMessage message)
        {
            if (message.IsUpstream && message.IsPosted)
                log.Add($"{message.Kind}");
        }
    }
}
