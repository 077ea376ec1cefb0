using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>What comes out of the ring, request by request, and what is answered to it: the descriptors are made by hand.</summary>
public sealed class PageRequestReceptionTests
{
    private const int Group = 5;

    /// <summary>A group's requests, made from one that is right.</summary>
    private static readonly Dictionary<string, Func<PageRequestDescriptor, PageRequestDescriptor[]>> Groups = new()
    {
        ["right"] = request => [request],
        ["right, of two"] = request => [request with { LastPageInGroup = false }, request],
        ["privileged"] = request => [request with { PrivilegedModeRequested = true }],
        ["executes"] = request => [request with { ExecuteRequested = true }],
        ["no user's address"] = request => [request with { Address = 1UL << 57 }],
        ["malformed in the middle"] = request => [request with { LastPageInGroup = false, ExecuteRequested = true }, request],
        ["two PASIDs"] = request => [request with { LastPageInGroup = false }, request with { Pasid = new Pasid(request.Pasid.Value + 1) }],
        ["without PASID"] = request => [request with { PasidPresent = false, Pasid = new Pasid(0) }],
        ["a PASID that nobody has"] = request => [request with { Pasid = new Pasid(777) }],
        ["another device"] = request => [request with { RequesterId = new RequesterId(0, 3, 0) }],
        ["no area of the process"] = request => [request with { Address = 0x1000 }],
    };

    public static TheoryData<string> Names => [.. Groups.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_group_has_one_answer_and_only_what_is_right_brings_a_page_in(string name)
    {
        bool isRight = name.StartsWith("right", StringComparison.Ordinal);
        Run((bench, process, request) =>
        {
            PageRequestDescriptor[] requests = Groups[name](request);
            using QueueTap tap = new(bench);
            foreach (PageRequestDescriptor one in requests)
                bench.Subsystem.PageRequests.Receive(bench.Subsystem.Units[0], one);

            PageGroupResponse response = new(Assert.Single(tap.Sent).Bits);
            PageRequestDescriptor asked = requests[0];
            Assert.Equal(
                (asked.RequesterId, asked.PasidPresent, asked.Pasid, asked.GroupIndex),
                (response.RequesterId, response.PasidPresent, response.Pasid, response.GroupIndex));
            Assert.Equal(isRight ? PageRequestResponseCode.Success : PageRequestResponseCode.InvalidRequest, response.ResponseCode);
            Assert.Equal(isRight ? 1 : 0, process.Memory.ResidentPages);
            PageRequestStatistics statistics = bench.Subsystem.PageRequests.Statistics;
            Assert.Equal((requests.Length, 1L, isRight ? 0L : 1L), (statistics.Requests, statistics.Answered, statistics.Refused));
        });
    }

    [Theory]
    [InlineData("privileged")]
    [InlineData("executes")]
    [InlineData("no user's address")]
    public void What_is_malformed_is_not_asked_of_a_guest(string name) => IommuBench.RunByHand(async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench);
        guest.Manners = GuestManners.Keeps;
        await guest.CreateBoundProcessAsync();
        PageRequestDescriptor request = RequestOf(bench, Assert.Single(guest.Container.Bindings).Pasid, address: 0x1000);

        foreach (PageRequestDescriptor one in Groups[name](request))
            bench.Subsystem.PageRequests.Receive(bench.Subsystem.Units[0], one);

        Assert.Equal((0L, 1L), (guest.Container.Statistics.Forwarded, bench.Subsystem.PageRequests.Statistics.Refused));
        await guest.DieAsync();
    });

    [Fact]
    public void A_device_that_nobody_knows_is_answered_once_for_each_group() => Run((bench, _, request) =>
    {
        PageRequestDescriptor unknown = request with { RequesterId = new RequesterId(0x1234) };
        using QueueTap tap = new(bench);

        bench.Subsystem.PageRequests.Receive(bench.Subsystem.Units[0], unknown with { LastPageInGroup = false });
        Assert.Empty(tap.Sent);
        bench.Subsystem.PageRequests.Receive(bench.Subsystem.Units[0], unknown);

        PageGroupResponse response = new(Assert.Single(tap.Sent).Bits);
        Assert.Equal(
            (unknown.RequesterId, true, unknown.Pasid, unknown.GroupIndex, PageRequestResponseCode.InvalidRequest),
            (response.RequesterId, response.PasidPresent, response.Pasid, response.GroupIndex, response.ResponseCode));
        PageRequestStatistics statistics = bench.Subsystem.PageRequests.Statistics;
        Assert.Equal((1L, 1L), (statistics.Answered, statistics.Refused));
    });

    [Fact]
    public void A_groups_number_is_free_again_when_it_is_whole() => Run((bench, process, request) =>
    {
        VtdDriver unit = bench.Subsystem.Units[0];
        using QueueTap tap = new(bench);
        for (int life = 0; life < 3; life++)
        {
            PageRequestDescriptor first = request with { LastPageInGroup = false, Address = process.PageAt(2 * life) };
            bench.Subsystem.PageRequests.Receive(unit, first);
            bench.Subsystem.PageRequests.Receive(unit, request with { Address = process.PageAt(2 * life + 1) });
            Assert.Null(bench.Devices[0].PageRequests.FindIncomplete(Group));
            Assert.Equal(life + 1, tap.Sent.Count);
        }

        Assert.Equal(6, process.Memory.ResidentPages);
    });

    [Theory]
    [InlineData("an overflow")]
    [InlineData("an unbind")]
    [InlineData("a reset")]
    public void Half_a_group_is_forgotten_with(string end) => Run((bench, process, request) =>
    {
        DevicePageRequests accounts = bench.Devices[0].PageRequests;
        bench.Subsystem.PageRequests.Receive(bench.Subsystem.Units[0], request with { LastPageInGroup = false });
        bench.Subsystem.PageRequests.Receive(bench.Subsystem.Units[0], request with { LastPageInGroup = false, Pasid = new Pasid(99), GroupIndex = Group + 1 });
        Assert.NotNull(accounts.FindIncomplete(Group));
        switch (end)
        {
            case "an overflow":
                ((IPageRequestSink)bench.Subsystem.Units[0]).DiscardIncomplete();
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
        bench.Subsystem.PageRequests.Receive(bench.Subsystem.Units[0], request);
        Assert.Equal(1, process.Memory.ResidentPages);
    });

    private static PageRequestDescriptor RequestOf(IommuBench bench, Pasid pasid, ulong address) => new()
    {
        RequesterId = bench.Devices[0].RequesterId,
        PasidPresent = true,
        Pasid = pasid,
        Address = address,
        GroupIndex = Group,
        LastPageInGroup = true,
        Read = true,
        Write = true,
    };

    private static void Run(Action<IommuBench, TestProcess, PageRequestDescriptor> test) => IommuBench.RunByHand(
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
            test(bench, process, RequestOf(bench, bond.Pasid, process.PageAt(0)));
            await bond.DisposeAsync();
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Devices = 2 });
}
