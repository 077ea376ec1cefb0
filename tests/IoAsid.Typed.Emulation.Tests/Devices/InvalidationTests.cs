using CsCheck;
using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// The guarantees of the completion of an ATS invalidation: no later request uses the translation, and all earlier page requests have arrived.
/// </summary>
public sealed class InvalidationTests
{
    private const ulong Wide = 0x800;

    [Fact]
    public void No_request_with_a_stale_translation_arrives_after_the_completion()
    {
        Gen.ULong[1, ulong.MaxValue].Sample(
            seed =>
            {
                DmaFixture fixture = new DmaFixture(seed).Enable();
                ulong stale = fixture.MapFilled(DmaFixture.Pasid, DmaFixture.Source, pages: 1, first: 1)[0];
                fixture.MapFilled(DmaFixture.Pasid, DmaFixture.Destination, pages: 1, first: 2);
                int requestsWhenComplete = 0;
                fixture.Unit.OnCompletion = _ => requestsWhenComplete = fixture.Unit.Requests.Count;
                fixture.Machine.Run(async () =>
                {
                    ulong[] records = [.. Enumerable.Range(0, 6).Select(_ => fixture.Submit(DmaFixture.DedicatedQueue, DmaFixture.Copy(0x1000)))];
                    await fixture.Machine.Scheduler.WaitUntil(() => fixture.Unit.Requests.Count > (int)(seed % 40), DmaFixture.Patience);
                    fixture.MapFilled(DmaFixture.Pasid, DmaFixture.Source, pages: 1, first: 3);
                    fixture.Invalidate(5, DmaFixture.Source);
                    await fixture.Machine.Scheduler.WaitUntil(
                        () => records.All(record => fixture.RecordAt(record).Status != DmaStatus.None), DmaFixture.Patience);
                });
                fixture.Machine.Run();

                Assert.Equal([1u << 5], fixture.Unit.Completions);
                return !fixture.Unit.Requests.Skip(requestsWhenComplete).Any(
                    request => request.IsTranslated && (request.Address & ~0xFFFUL) == stale);
            },
            iter: 200);
    }

    [Fact]
    public void Translation_in_flight_during_an_invalidation_is_not_used_later()
    {
        bool crossed = false;
        for (ulong seed = 1; seed < 400; seed++)
        {
            DmaFixture fixture = new DmaFixture(seed).Enable();
            ulong stale = fixture.MapPage(DmaFixture.Pasid, DmaFixture.Source);
            fixture.MapPage(DmaFixture.Pasid, DmaFixture.Destination);
            bool isComplete = false;
            fixture.Unit.OnCompletion = _ => isComplete = true;
            int requestsWhenComplete = 0;
            fixture.Machine.Run(async () =>
            {
                Task<DmaCompletionRecord> copy = fixture.DoAsync(DmaFixture.DedicatedQueue, DmaFixture.Copy(64));
                await fixture.Machine.Scheduler.WaitUntil(() => fixture.Unit.TranslationRequests.Count == 1, DmaFixture.Patience);
                fixture.MapPage(DmaFixture.Pasid, DmaFixture.Source);
                fixture.Invalidate(0, DmaFixture.Source);
                await fixture.Machine.Scheduler.WaitUntil(() => isComplete, DmaFixture.Patience);
                requestsWhenComplete = fixture.Unit.Requests.Count;
                await copy;
            });

            crossed |= fixture.Unit.TranslationRequests.Count(request => request.Address == DmaFixture.Source) == 2;
            Assert.DoesNotContain(
                fixture.Unit.Requests.Skip(requestsWhenComplete), request => request.IsTranslated && (request.Address & ~0xFFFUL) == stale);
        }

        Assert.True(crossed);
    }

    [Fact]
    public void Completion_arrives_after_earlier_page_requests()
    {
        for (ulong seed = 1; seed < 100; seed++)
        {
            DmaFixture fixture = new DmaFixture(seed, new DmaEngineOptions { Engines = 8 }).Enable();
            List<string> sent = [];
            List<string> arrived = [];
            fixture.Machine.Fabric.Observe(new PostedLog(sent, arrived));
            fixture.Machine.Run(async () =>
            {
                for (int number = 0; number < 8; number++)
                {
                    DmaDescriptor copy = DmaFixture.Blocking(8) with { Source = DmaFixture.Source + (ulong)number * 0x1000 };
                    fixture.Submit(DmaFixture.DedicatedQueue, copy);
                }

                for (int tag = 0; tag < 8; tag++)
                {
                    fixture.Invalidate(tag, DmaFixture.Source);
                    await fixture.Machine.Scheduler.Yield();
                }
            });
            fixture.Machine.Run();

            Assert.Equal(sent, arrived);
            Assert.Contains("PageRequest", arrived);
            Assert.Contains("InvalidateCompletion", arrived);
        }
    }

    public static TheoryData<string, ulong, Pasid?, bool, int[]> Ranges() => new()
    {
        { "one page", 0x1000, new Pasid(1), false, [0, 2, 3, 4, 5, 6, 7] },
        { "two pages, S and no bit set", 0x2000 | Wide, new Pasid(1), false, [0, 1, 4, 5, 6, 7] },
        { "four pages, S and one bit set", 0x1000 | Wide, new Pasid(1), false, [4, 5, 6, 7] },
        { "all addresses of a PASID", 0x7FFF_FFFF_FFFF_F000 | Wide, new Pasid(1), false, [4, 5, 6, 7] },
        { "requests without PASID", 0x7FFF_FFFF_FFFF_F000 | Wide, null, false, [0, 1, 2, 3, 4, 5] },
        { "all PASIDs", 0x7FFF_FFFF_FFFF_F000 | Wide, null, true, [] },
        { "one page of all PASIDs", 0x0000, null, true, [1, 2, 3, 5, 7] },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Invalidation_removes_exactly_the_covered_translations(string range, ulong address, Pasid? pasid, bool all, int[] left)
    {
        (PasidPrefix Prefix, ulong Address)[] held =
        [
            (new PasidPrefix(new Pasid(1)), 0x0000), (new PasidPrefix(new Pasid(1)), 0x1000), (new PasidPrefix(new Pasid(1)), 0x2000), (new PasidPrefix(new Pasid(1)), 0x3000),
            (new PasidPrefix(new Pasid(2)), 0x0000), (new PasidPrefix(new Pasid(2)), 0x1000), (default, 0x0000), (default, 0x1000),
        ];
        DeviceTlb tlb = new(16);
        foreach ((PasidPrefix prefix, ulong page) in held)
            tlb.Add(prefix, page, new TranslationEntry(0x10_0000 + page, 12, Read: true, Write: true));
        InvalidateRequestMessage message = new(DmaFixture.Engine0, 0, address, pasid is { } number ? new PasidPrefix(number) : default, all);

        tlb.Invalidate(message, Vtd.DeviceTlbRange.Decode(address, (address & Wide) != 0));

        int[] found = [.. Enumerable.Range(0, held.Length).Where(at => tlb.TryFind(held[at].Prefix, held[at].Address, out _))];
        Assert.True(left.SequenceEqual(found), $"{range}: left {string.Join(',', found)}");
    }

    [Fact]
    public void Large_page_is_removed_by_an_invalidation_of_a_part()
    {
        DeviceTlb tlb = new(4);
        tlb.Add(new PasidPrefix(new Pasid(1)), 0x20_0000, new TranslationEntry(0x80_0000, 21, Read: true, Write: true));
        Assert.True(tlb.TryFind(new PasidPrefix(new Pasid(1)), 0x3F_F123, out TranslationEntry entry));
        Assert.Equal(0x80_0000UL, entry.Address);

        tlb.Invalidate(new InvalidateRequestMessage(DmaFixture.Engine0, 0, 0x3F_F000, new PasidPrefix(new Pasid(1))), new Vtd.DeviceTlbRange(0x3F_F000, 0));

        Assert.False(tlb.TryFind(new PasidPrefix(new Pasid(1)), 0x20_0000, out _));
    }

    [Fact]
    public void Global_translation_survives_an_invalidation_of_one_PASID()
    {
        DeviceTlb tlb = new(4);
        tlb.Add(new PasidPrefix(new Pasid(1)), 0x1000, new TranslationEntry(0x5000, 12, Read: true, Write: true, Global: true));
        InvalidateRequestMessage one = new(DmaFixture.Engine0, 0, 0x1000, new PasidPrefix(new Pasid(1)));
        tlb.Invalidate(one, new Vtd.DeviceTlbRange(0x1000, 0));
        Assert.True(tlb.TryFind(new PasidPrefix(new Pasid(2)), 0x1000, out _));

        tlb.Invalidate(one with { AllPasids = true }, new Vtd.DeviceTlbRange(0x1000, 0));
        Assert.False(tlb.TryFind(new PasidPrefix(new Pasid(2)), 0x1000, out _));
    }

    [Fact]
    public void Device_TLB_agrees_with_a_model()
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
                    tlb.Invalidate(new InvalidateRequestMessage(DmaFixture.Engine0, 0, page << 12, new PasidPrefix(pasid)), new Vtd.DeviceTlbRange(page << 12, 0));
                plain.Remove((pasid, page));
                if (isAdded)
                    plain.Add((pasid, page));
            }

            return tlb.Count <= 8 && Enumerable.Range(0, 32).All(at => IsRight(tlb, plain, new Pasid((uint)at >> 3), (ulong)at & 7));
        });

        // The TLB may replace translations. It must not contain an invalidated or a wrong translation.
        static bool IsRight(DeviceTlb tlb, List<(Pasid, ulong)> plain, Pasid pasid, ulong page) =>
            !tlb.TryFind(new PasidPrefix(pasid), page << 12, out TranslationEntry entry)
            || plain.Contains((pasid, page)) && entry.Address == (page << 12) + (pasid.Value << 20);
    }

    [Fact]
    public void Invalidations_within_the_queue_depth_complete_and_others_are_lost()
    {
        bool isAnyLost = false;
        for (ulong seed = 0; seed < 50; seed++)
        {
            DmaFixture fixture = new DmaFixture(seed, new DmaEngineOptions { InvalidateQueueDepth = 2 }).Enable();
            for (int tag = 0; tag < 8; tag++)
                fixture.Invalidate(tag, DmaFixture.Source);
            fixture.Machine.Run();

            Assert.Equal(8 - fixture.Engine.LostInvalidations, fixture.Unit.Completions.Sum(tags => (long)uint.PopCount(tags)));
            isAnyLost |= fixture.Engine.LostInvalidations > 0;
        }

        Assert.True(isAnyLost);
    }

    [Fact]
    public void A_function_with_disabled_ATS_completes_no_invalidation()
    {
        DmaFixture fixture = new DmaFixture(0).Enable(ats: false);
        fixture.Invalidate(0, DmaFixture.Source);
        fixture.Machine.Run();

        Assert.Empty(fixture.Unit.Completions);
        Assert.Equal(1, fixture.Engine.UnexpectedMessages);
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
