using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The responses to descriptors in the ring. The tests write the descriptors.</summary>
public sealed class PageRequestReceptionTests
{
    private const int Group = 5;

    /// <summary>The requests of a group, derived from a valid one.</summary>
    private static readonly Dictionary<string, Func<PageRequestDescriptor, PageRequestDescriptor[]>> Groups = new()
    {
        ["valid"] = request => [request],
        ["valid, of two"] = request => [request with { LastPageInGroup = false }, request],
        ["privileged"] = request => [request with { PrivilegedModeRequested = true }],
        ["executes"] = request => [request with { ExecuteRequested = true }],
        ["no address of a process"] = request => [request with { Address = 1UL << 57 }],
        ["malformed in the middle"] = request => [request with { LastPageInGroup = false, ExecuteRequested = true }, request],
        ["two PASIDs"] = request => [request with { LastPageInGroup = false }, request with { Pasid = new Pasid(request.Pasid.Value + 1) }],
        ["without PASID"] = request => [request with { PasidPresent = false, Pasid = new Pasid(0) }],
        ["an unknown PASID"] = request => [request with { Pasid = new Pasid(777) }],
        ["another device"] = request => [request with { RequesterId = new RequesterId(0, 3, 0) }],
        ["no area of the process"] = request => [request with { Address = 0x1000 }],
    };

    public static TheoryData<string> Names => [.. Groups.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_group_has_one_response_and_only_valid_ones_bring_pages_in(string name)
    {
        bool isValid = name.StartsWith("valid", StringComparison.Ordinal);
        Run((fixture, process, request) =>
        {
            PageRequestDescriptor[] requests = Groups[name](request);
            using QueueTap tap = new(fixture);
            foreach (PageRequestDescriptor one in requests)
                fixture.Subsystem.PageRequests.Receive(fixture.Subsystem.Units[0], one);

            PageGroupResponse response = new(Assert.Single(tap.Sent).Bits);
            PageRequestDescriptor first = requests[0];
            Assert.Multiple(
                () => Assert.Equal(first.RequesterId, response.RequesterId),
                () => Assert.Equal(first.PasidPresent, response.PasidPresent),
                () => Assert.Equal(first.Pasid, response.Pasid),
                () => Assert.Equal(first.GroupIndex, response.GroupIndex));
            Assert.Equal(isValid ? PageResponse.Success : PageResponse.InvalidRequest, response.ResponseCode);
            Assert.Equal(isValid ? 1 : 0, process.Memory.ResidentPages);
            PageRequestStatistics statistics = fixture.Subsystem.PageRequests.Statistics;
            Assert.Multiple(
                () => Assert.Equal(requests.Length, statistics.Requests),
                () => Assert.Equal(1L, statistics.Responses),
                () => Assert.Equal(isValid ? 0L : 1L, statistics.Refused));
        });
    }

    [Theory]
    [InlineData("privileged")]
    [InlineData("executes")]
    [InlineData("no address of a process")]
    public void Malformed_groups_are_not_forwarded_to_a_guest(string name) => IommuFixture.RunByHand(async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        guest.Behaviour = GuestBehaviour.Ignores;
        await guest.CreateBoundProcessAsync();
        PageRequestDescriptor request = RequestOf(fixture, Assert.Single(guest.Container.Bindings).Pasid, address: 0x1000);

        foreach (PageRequestDescriptor one in Groups[name](request))
            fixture.Subsystem.PageRequests.Receive(fixture.Subsystem.Units[0], one);

        Assert.Equal((0L, 1L), (guest.Container.Statistics.Forwarded, fixture.Subsystem.PageRequests.Statistics.Refused));
        await guest.TerminateAsync();
    });

    [Fact]
    public void Each_group_of_an_unknown_device_gets_one_response() => Run((fixture, _, request) =>
    {
        PageRequestDescriptor unknown = request with { RequesterId = new RequesterId(0x1234) };
        using QueueTap tap = new(fixture);

        fixture.Subsystem.PageRequests.Receive(fixture.Subsystem.Units[0], unknown with { LastPageInGroup = false });
        Assert.Empty(tap.Sent);
        fixture.Subsystem.PageRequests.Receive(fixture.Subsystem.Units[0], unknown);

        PageGroupResponse response = new(Assert.Single(tap.Sent).Bits);
        Assert.Multiple(
            () => Assert.Equal(unknown.RequesterId, response.RequesterId),
            () => Assert.True(response.PasidPresent),
            () => Assert.Equal(unknown.Pasid, response.Pasid),
            () => Assert.Equal(unknown.GroupIndex, response.GroupIndex),
            () => Assert.Equal(PageResponse.InvalidRequest, response.ResponseCode));
        PageRequestStatistics statistics = fixture.Subsystem.PageRequests.Statistics;
        Assert.Equal((1L, 1L), (statistics.Responses, statistics.Refused));
    });

    [Fact]
    public void A_group_index_is_free_again_when_the_group_is_complete() => Run((fixture, process, request) =>
    {
        VtdDriver unit = fixture.Subsystem.Units[0];
        using QueueTap tap = new(fixture);
        for (int life = 0; life < 3; life++)
        {
            PageRequestDescriptor first = request with { LastPageInGroup = false, Address = process.PageAt(2 * life) };
            fixture.Subsystem.PageRequests.Receive(unit, first);
            fixture.Subsystem.PageRequests.Receive(unit, request with { Address = process.PageAt(2 * life + 1) });
            Assert.Null(fixture.Devices[0].PageRequests.FindIncomplete(Group));
            Assert.Equal(life + 1, tap.Sent.Count);
        }

        Assert.Equal(6, process.Memory.ResidentPages);
    });

    [Fact]
    public void A_malformed_group_does_not_affect_the_next_group() => Run((fixture, process, request) =>
    {
        using QueueTap tap = new(fixture);
        fixture.Subsystem.PageRequests.Receive(fixture.Subsystem.Units[0], request with { ExecuteRequested = true });
        fixture.Subsystem.PageRequests.Receive(fixture.Subsystem.Units[0], request);

        Assert.Equal([PageResponse.InvalidRequest, PageResponse.Success], tap.Sent.Select(sent => new PageGroupResponse(sent.Bits).ResponseCode));
        Assert.Equal(1, process.Memory.ResidentPages);
    });

    [Theory]
    [InlineData("an overflow")]
    [InlineData("an unbind")]
    [InlineData("a reset")]
    public void An_incomplete_group_is_discarded_by(string end) => Run((fixture, process, request) =>
    {
        DevicePageRequests accounts = fixture.Devices[0].PageRequests;
        fixture.Subsystem.PageRequests.Receive(fixture.Subsystem.Units[0], request with { LastPageInGroup = false });
        fixture.Subsystem.PageRequests.Receive(fixture.Subsystem.Units[0], request with { LastPageInGroup = false, Pasid = new Pasid(99), GroupIndex = Group + 1 });
        Assert.NotNull(accounts.FindIncomplete(Group));
        switch (end)
        {
            case "an overflow":
                ((IPageRequestSink)fixture.Subsystem.Units[0]).DiscardIncomplete();
                break;
            case "an unbind":
                accounts.Refuse(request.Pasid);
                break;
            default:
                accounts.Refuse();
                break;
        }

        Assert.Null(accounts.FindIncomplete(Group));
        Assert.Equal(end == "an unbind", accounts.FindIncomplete(Group + 1) is not null);
        fixture.Subsystem.PageRequests.Receive(fixture.Subsystem.Units[0], request);
        Assert.Equal(1, process.Memory.ResidentPages);
    });

    private static PageRequestDescriptor RequestOf(IommuFixture fixture, Pasid pasid, ulong address) => new()
    {
        RequesterId = fixture.Devices[0].RequesterId,
        PasidPresent = true,
        Pasid = pasid,
        Address = address,
        GroupIndex = Group,
        LastPageInGroup = true,
        Read = true,
        Write = true,
    };

    private static void Run(Action<IommuFixture, TestProcess, PageRequestDescriptor> test) => IommuFixture.RunByHand(
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
            test(fixture, process, RequestOf(fixture, bond.Pasid, process.PageAt(0)));
            await bond.DisposeAsync();
            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Devices = 2 });
}
