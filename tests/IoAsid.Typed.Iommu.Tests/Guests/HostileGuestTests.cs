namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// A guest that never stops submitting, whatever it was told: its work is stopped by the host, and does not meet the next owner of its number (L10: a device's PASID table is shared
/// by all guests of the device).
/// </summary>
public sealed class HostileGuestTests
{
    private const int Seeds = 8;
    private const int Pages = 8;
    private const ulong Pattern = 0xBAD0_BAD0_BAD0_BAD0;

    public static TheoryData<string> Ends => ["unbind", "free", "death"];

    [Theory]
    [MemberData(nameof(Ends))]
    public void Work_of_a_guest_that_never_stops_does_not_reach_the_next_owner_of_its_number(string end) => IommuBench.Run(Seeds, async bench =>
    {
        TestGuest hostile = await TestGuest.StartAsync(bench, "hostile");
        GuestProcess process = await hostile.CreateBoundProcessAsync();
        Assert.True(hostile.Container.Set.TryResolve(process.Pasid, out RawIoAsid host));
        bool isOver = false;
        Task hammering = HammerAsync(bench, process, () => isOver);
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(20));

        await EndAsync(end, bench, hostile, process);

        TestGuest next = await TestGuest.StartAsync(bench, "next");
        GuestProcess later = await next.CreateBoundProcessAsync();
        Assert.True(next.Container.Set.TryResolve(later.Pasid, out RawIoAsid now));
        Assert.Equal(host, now);
        Assert.Equal(process.Work.PageAt(0), later.Work.PageAt(0));
        for (int page = 0; page < Pages; page++)
            await later.Memory.WriteUInt64Async(later.Work.PageAt(page), 0);
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
        isOver = true;
        await hammering;
        for (int page = 0; page < Pages; page++)
            Assert.Equal(0UL, await later.Work.WordAsync(page));
        await next.DieAsync();
        await hostile.DieAsync();
        await bench.AssertReclaimedAsync();
    });

    private static async Task HammerAsync(IommuBench bench, GuestProcess process, Func<bool> isOver)
    {
        for (int page = 0; !isOver(); page++)
        {
            await process.SubmitFillAsync(page % Pages, pages: 1, Pattern);
            await bench.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(1));
        }
    }

    private static async Task EndAsync(string end, IommuBench bench, TestGuest hostile, GuestProcess process)
    {
        if (end == "unbind")
            Assert.True(await process.UnbindAsync());
        if (end == "death")
            await hostile.Container.DisposeAsync();
        else
            process.Free();
        Assert.True(await bench.Machine.Scheduler.WaitUntil(() => bench.Subsystem.Pasids.GetStatistics().Outstanding == 0, TimeSpan.FromSeconds(10)));
    }
}
