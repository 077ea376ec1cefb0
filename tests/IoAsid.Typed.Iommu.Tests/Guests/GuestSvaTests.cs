using IoAsid.Typed.DmaEngine;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A guest's process on a device (DOMAIN: guest bind): through the guest's tables and the container's second stage, whatever the order of events.</summary>
public sealed class GuestSvaTests
{
    private const int Seeds = 25;
    private const ulong Pattern = 0x0123_4567_89AB_CDEF;

    [Fact]
    public void A_device_writes_to_pages_that_a_guests_process_never_touched() => IommuBench.Run(Seeds, async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench);
        GuestProcess process = await guest.CreateBoundProcessAsync();

        Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 3, pages: 5, Pattern));

        Assert.Equal(Pattern, await process.Work.WordAsync(7));
        Assert.True(guest.Container.Statistics.Forwarded > 0);
        Assert.True(await process.UnbindAsync());
        Assert.Equal(IoAsidFreeResult.Reclaimed, process.Free());
        await guest.DieAsync();
    });

    [Fact]
    public void A_guest_that_dies_while_its_device_works_and_waits_for_pages_leaves_nothing() => IommuBench.Run(Seeds, async bench =>
    {
        long frames = bench.Subsystem.Frames.InUse;
        TestGuest guest = await TestGuest.StartAsync(bench);
        guest.Manners = GuestManners.Keeps;
        GuestProcess process = await guest.CreateBoundProcessAsync();
        await process.SubmitFillAsync(page: 0, pages: 8, Pattern);
        GuestPageRequestGroup group = await guest.WaitForGroupAsync();

        await guest.DieAsync();

        Assert.True(group.IsAnswered);
        Assert.Equal(0, bench.Subsystem.Pasids.GetStatistics().Outstanding);
        Assert.Equal(IoAsidSpaceOptions.PasidCapacity - 1, bench.Subsystem.Pasids.GetStatistics().Available);
        Assert.Equal(GuestAnswer.Refused, guest.Container.Respond(group.Requester, group.Pasid, group.Index, PageResponse.Success));
        Assert.InRange(bench.Subsystem.Frames.InUse, frames, frames + 1); // A PASID table of the device may stay.
    });
}
