namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// A guest that submits work all the time. The host stops the work, which does not reach the next owner of the PASID, although all guests of a device share its
/// PASID table.
/// </summary>
public sealed class HostileGuestTests
{
    private const int Seeds = 8;
    private const int Pages = 8;
    private const ulong Pattern = 0xBAD0_BAD0_BAD0_BAD0;

    public static TheoryData<string> Ends => ["unbind", "free", "end of the guest"];

    [Theory]
    [MemberData(nameof(Ends))]
    public void Work_of_a_hostile_guest_does_not_reach_the_next_owner_of_a_PASID(string end) => IommuFixture.Run(Seeds, async fixture =>
    {
        TestGuest hostile = await TestGuest.StartAsync(fixture, "hostile");
        GuestProcess process = await hostile.CreateBoundProcessAsync();
        Assert.True(hostile.Container.Set.TryResolve(process.Pasid, out RawIoAsid host));
        bool isOver = false;
        Task hammering = HammerAsync(fixture, process, () => isOver);
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(20));

        await EndAsync(end, fixture, hostile, process);

        TestGuest next = await TestGuest.StartAsync(fixture, "next");
        GuestProcess later = await next.CreateBoundProcessAsync();
        Assert.True(next.Container.Set.TryResolve(later.Pasid, out RawIoAsid now));
        Assert.Equal(host, now);
        Assert.Equal(process.Work.PageAt(0), later.Work.PageAt(0));
        for (int page = 0; page < Pages; page++)
            await later.Memory.WriteUInt64Async(later.Work.PageAt(page), 0);
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
        isOver = true;
        await hammering;
        for (int page = 0; page < Pages; page++)
            Assert.Equal(0UL, await later.Work.WordAsync(page));
        await next.TerminateAsync();
        await hostile.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    private static async Task HammerAsync(IommuFixture fixture, GuestProcess process, Func<bool> isOver)
    {
        for (int page = 0; !isOver(); page++)
        {
            await process.SubmitFillAsync(page % Pages, pages: 1, Pattern);
            await fixture.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(1));
        }
    }

    private static async Task EndAsync(string end, IommuFixture fixture, TestGuest hostile, GuestProcess process)
    {
        if (end == "unbind")
            Assert.True(await process.UnbindAsync());
        if (end == "end of the guest")
            await hostile.Container.DisposeAsync();
        else
            process.Free();
        Assert.True(await fixture.Machine.Scheduler.WaitUntil(() => fixture.Subsystem.Pasids.GetStatistics().Outstanding == 0, TimeSpan.FromSeconds(10)));
    }
}
