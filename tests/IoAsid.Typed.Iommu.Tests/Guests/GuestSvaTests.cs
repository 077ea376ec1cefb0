using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A guest's process on a device, for any order of events. Requests are translated by the guest's tables and the container's second stage.</summary>
public sealed class GuestSvaTests
{
    private const int Seeds = 25;
    private const ulong Pattern = 0x0123_4567_89AB_CDEF;

    [Fact]
    public void A_device_faults_in_pages_of_a_guest_process() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        GuestProcess process = await guest.CreateBoundProcessAsync();

        Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 3, pages: 5, Pattern));

        Assert.Equal(Pattern, await process.Work.WordAsync(7));
        Assert.True(guest.Container.Statistics.Forwarded > 0);
        Assert.True(await process.UnbindAsync());
        Assert.Equal(IoAsidFreeResult.Reclaimed, process.Free());
        await guest.TerminateAsync();
    });

    [Fact]
    public void A_guest_that_ends_during_work_and_page_requests_leaves_nothing() => IommuFixture.Run(Seeds, async fixture =>
    {
        long frames = fixture.Subsystem.Frames.InUse;
        TestGuest guest = await TestGuest.StartAsync(fixture);
        guest.Behaviour = GuestBehaviour.Ignores;
        GuestProcess process = await guest.CreateBoundProcessAsync();
        await process.SubmitFillAsync(page: 0, pages: 8, Pattern);
        GuestPageRequestGroup group = await guest.WaitForGroupAsync();

        await guest.TerminateAsync();

        Assert.True(group.IsAnswered);
        Assert.Equal(0, fixture.Subsystem.Pasids.GetStatistics().Outstanding);
        Assert.Equal(IoAsidSpaceOptions.PasidCapacity - 1, fixture.Subsystem.Pasids.GetStatistics().Available);
        Assert.Equal(GuestResponseResult.NoSuchGroup, guest.Container.Respond(group.Requester, group.Pasid, group.Index, PageResponse.Success));
        Assert.InRange(fixture.Subsystem.Frames.InUse, frames, frames + 1); // A PASID table of the device may stay.
    });
}
