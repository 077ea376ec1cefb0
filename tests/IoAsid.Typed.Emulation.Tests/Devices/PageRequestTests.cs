using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The credits, groups and responses of the page request interface.</summary>
public sealed class PageRequestTests
{
    [Fact]
    public void Outstanding_requests_do_not_exceed_the_allocation()
    {
        for (ulong seed = 1; seed < 40; seed++)
        {
            DmaFixture fixture = new(seed, new DmaEngineOptions { Engines = 8, PagesPerGroup = 2 });
            fixture.Engine.Pri!.Allocation = 3;
            fixture.Enable();
            int most = 0;
            fixture.AnswerPageRequests();
            Action<PageRequestMessage> answer = fixture.Unit.OnPageRequest!;
            fixture.Unit.OnPageRequest = request =>
            {
                most = Math.Max(most, fixture.Engine.PageRequestsOutstanding);
                answer(request);
            };
            fixture.Machine.Run(() => Task.WhenAll(Enumerable.Range(0, 8).Select(number => fixture.DoAsync(
                DmaFixture.DedicatedQueue,
                DmaFixture.Blocking(0x2000) with { Source = DmaFixture.Source + (ulong)number * 0x2000 }))));

            Assert.InRange(most, 1, 3);
            Assert.Equal(0, fixture.Engine.PageRequestsOutstanding);
        }
    }

    [Fact]
    public void Outstanding_groups_have_different_indexes_and_one_last_request()
    {
        DmaFixture fixture = new DmaFixture(0, new DmaEngineOptions { PagesPerGroup = 4, Engines = 3 }).Enable();
        for (int number = 0; number < 3; number++)
            fixture.Submit(DmaFixture.DedicatedQueue, DmaFixture.Blocking(0x3000));
        fixture.Machine.Run();

        ILookup<int, PageRequestMessage> groups = fixture.Unit.PageRequests.ToLookup(request => request.GroupIndex);
        Assert.Equal(3, groups.Count);
        Assert.All(groups, group => Assert.Equal(
            [(DmaFixture.Source, false), (DmaFixture.Source + 0x1000, false), (DmaFixture.Source + 0x2000, true)],
            group.Select(request => (request.Address, request.IsLast))));
    }

    [Theory]
    [InlineData("unknown group")]
    [InlineData("other PASID")]
    [InlineData("no PASID though it is required")]
    [InlineData("twice")]
    public void Response_that_matches_no_group_is_unexpected(string kind)
    {
        DmaFixture fixture = new DmaFixture(0).Enable();
        ulong record = fixture.Submit(DmaFixture.SharedQueue, DmaFixture.Blocking(8));
        fixture.Machine.Run();
        PageRequestMessage request = fixture.Unit.PageRequests.Single();
        PageGroupResponseMessage response = new(request.Requester, request.GroupIndex, 1, request.Prefix);
        if (kind == "twice")
            fixture.Unit.Downstream.Send(response);
        fixture.Unit.Downstream.Send(kind switch
        {
            "unknown group" => response with { GroupIndex = 77 },
            "other PASID" => response with { Prefix = new PasidPrefix(new Pasid(1)) },
            "twice" => response,
            _ => response with { Prefix = default },
        });
        fixture.Machine.Run();

        Assert.True(fixture.Engine.Pri!.UnexpectedGroupIndex);
        Assert.Equal(kind == "twice" ? DmaStatus.PageRequestRefused : DmaStatus.None, fixture.RecordAt(record).Status);
    }

    [Fact]
    public void Group_indexes_wrap_after_512_groups()
    {
        DmaFixture fixture = new DmaFixture(0).Enable();
        fixture.AnswerPageRequests();
        for (int number = 0; number < 300; number++)
        {
            ulong offset = (ulong)number * 0x1000;
            Assert.Equal(DmaStatus.Success, fixture.Do(DmaFixture.SharedQueue, DmaFixture.Blocking(8) with
            {
                Source = DmaFixture.Source + offset,
                Destination = DmaFixture.Destination + offset,
            }).Status);
        }

        Assert.Equal(600, fixture.Unit.PageRequests.Count);
        Assert.Equal(Enumerable.Range(0, 600).Select(number => number % 512), fixture.Unit.PageRequests.Select(request => request.GroupIndex));
    }
}
