using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>Credits, groups and answers of the page request interface.</summary>
public sealed class PageRequestTests
{
    [Fact]
    public void Never_more_requests_are_outstanding_than_were_allocated()
    {
        for (ulong seed = 1; seed < 40; seed++)
        {
            DmaBench bench = new(seed, new DmaEngineOptions { Engines = 8, PagesPerGroup = 2 });
            bench.Engine.Pri!.Allocation = 3;
            bench.Enable();
            int most = 0;
            bench.AnswerPageRequests();
            Action<PageRequestMessage> answer = bench.Unit.OnPageRequest!;
            bench.Unit.OnPageRequest = request =>
            {
                most = Math.Max(most, bench.Engine.PageRequestsOutstanding);
                answer(request);
            };
            bench.Machine.Run(() => Task.WhenAll(Enumerable.Range(0, 8).Select(number => bench.DoAsync(
                DmaBench.DedicatedQueue,
                DmaBench.Blocking(0x2000) with { Source = DmaBench.Source + (ulong)number * 0x2000 }))));

            Assert.InRange(most, 1, 3);
            Assert.Equal(0, bench.Engine.PageRequestsOutstanding);
        }
    }

    [Fact]
    public void A_group_ends_with_its_last_request_and_its_index_is_not_used_while_it_is_outstanding()
    {
        DmaBench bench = new DmaBench(0, new DmaEngineOptions { PagesPerGroup = 4, Engines = 3 }).Enable();
        for (int number = 0; number < 3; number++)
            bench.Submit(DmaBench.DedicatedQueue, DmaBench.Blocking(0x3000));
        bench.Machine.Run();

        ILookup<int, PageRequestMessage> groups = bench.Unit.PageRequests.ToLookup(request => request.GroupIndex);
        Assert.Equal(3, groups.Count);
        Assert.All(groups, group => Assert.Equal(
            [(DmaBench.Source, false), (DmaBench.Source + 0x1000, false), (DmaBench.Source + 0x2000, true)],
            group.Select(request => (request.Address, request.IsLast))));
    }

    [Theory]
    [InlineData("unknown group")]
    [InlineData("other PASID")]
    [InlineData("no PASID though it is required")]
    [InlineData("twice")]
    public void An_answer_that_fits_no_group_is_unexpected_and_ends_none(string kind)
    {
        DmaBench bench = new DmaBench(0).Enable();
        ulong record = bench.Submit(DmaBench.SharedQueue, DmaBench.Blocking(8));
        bench.Machine.Run();
        PageRequestMessage asked = bench.Unit.PageRequests.Single();
        PageGroupResponseMessage right = new(asked.Requester, asked.GroupIndex, 1, asked.Prefix);
        if (kind == "twice")
            bench.Unit.Downstream.Send(right);
        bench.Unit.Downstream.Send(kind switch
        {
            "unknown group" => right with { GroupIndex = 77 },
            "other PASID" => right with { Prefix = new PasidPrefix(new Pasid(1)) },
            "twice" => right,
            _ => right with { Prefix = default },
        });
        bench.Machine.Run();

        Assert.True(bench.Engine.Pri!.UnexpectedGroupIndex);
        Assert.Equal(kind == "twice" ? DmaStatus.PageRequestRefused : DmaStatus.None, bench.RecordAt(record).Status);
    }

    [Fact]
    public void Indexes_come_round_after_512_groups()
    {
        DmaBench bench = new DmaBench(0).Enable();
        bench.AnswerPageRequests();
        for (int number = 0; number < 300; number++)
        {
            ulong offset = (ulong)number * 0x1000;
            Assert.Equal(DmaStatus.Success, bench.Do(DmaBench.SharedQueue, DmaBench.Blocking(8) with
            {
                Source = DmaBench.Source + offset,
                Destination = DmaBench.Destination + offset,
            }).Status);
        }

        Assert.Equal(600, bench.Unit.PageRequests.Count);
        Assert.Equal(Enumerable.Range(0, 600).Select(number => number % 512), bench.Unit.PageRequests.Select(request => request.GroupIndex));
    }
}
