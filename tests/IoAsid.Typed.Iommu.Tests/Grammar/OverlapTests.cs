namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Two overlapping operations on one object end as if the second had begun after the end of the first, and leave no resource allocated.</summary>
public sealed class OverlapTests
{
    private static readonly AddressRange Window = new(0x40_0000, 4 * AddressRange.PageSize);
    private static readonly AddressRange GuestWindow = new(0x4000_0000, 4 * AddressRange.PageSize);

    private static readonly Dictionary<string, Func<World, Task>> Operations = new()
    {
        ["map"] = world => world.Domain.MapAsync(Window, world.Frame, MemoryRights.ReadWrite).AsTask(),
        ["unmap"] = world => world.Domain.UnmapAsync(Window).AsTask(),
        ["attach"] = world => IommuSubsystem.AttachAsync(world.Device, world.Domain).AsTask(),
        ["detach"] = world => world.Attachment.DisposeAsync().AsTask(),
        ["guest map"] = world => world.Guest.Container.Memory.MapAsync(GuestWindow, world.Frame).AsTask(),
        ["guest unmap"] = world => world.Guest.Container.Memory.UnmapAsync(GuestWindow).AsTask(),
        ["process unmap"] = world => world.Process.Memory.UnmapAsync(new AddressRange(world.Process.Data, AddressRange.PageSize)).AsTask(),
        ["protect"] = world => world.Process.Memory.ProtectAsync(new AddressRange(world.Process.Data, AddressRange.PageSize), MemoryRights.Read).AsTask(),
        ["fault"] = world => world.Process.Memory.HandleFaultAsync(world.Process.Data, MemoryRights.Read).AsTask(),
        ["exit"] = world => world.Process.Memory.ExitAsync().AsTask(),
        ["bind"] = world => world.Fixture.Subsystem.BindAsync(world.Device, world.Process.Memory).AsTask(),
        ["unbind"] = world => world.Bond.DisposeAsync().AsTask(),
        ["attach by PASID"] = world => world.Auxiliary.AttachAsync(world.Device).AsTask(),
        ["detach by PASID"] = world => world.AuxiliaryAttachment.DisposeAsync().AsTask(),
        ["enable"] = world => world.Device.EnableSharedVirtualAddressingAsync().AsTask(),
        ["disable"] = world => world.Fixture.Features[0].DisposeAsync().AsTask(),
        ["reset"] = world => world.Device.ResetAsync().AsTask(),
        ["remove"] = world => world.Device.DisposeAsync().AsTask(),
        ["guest bind"] = world => world.GuestProcess.BindAsync().AsTask(),
        ["guest unbind"] = world => world.GuestProcess.UnbindAsync().AsTask(),
        ["guest free"] = world =>
        {
            world.GuestProcess.Free();
            return Task.CompletedTask;
        },
        ["unassign"] = world => world.Guest.Devices[0].DisposeAsync().AsTask(),
        ["guest ends"] = world => world.Guest.Container.DisposeAsync().AsTask(),
        ["subsystem ends"] = world => world.Fixture.Subsystem.DisposeAsync().AsTask(),
    };

    public static TheoryData<string> Names => [.. Operations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_operation_may_begin_during_another_one(string first)
    {
        foreach ((string second, _) in Operations)
            Run(world => RunTogetherAsync(world, first, second), $"{first}, {second}");
    }

    [Fact]
    public void An_unmapping_that_begins_during_a_mapping_removes_it() => Run(async world =>
    {
        Task map = Operations["map"](world);
        Assert.False(map.IsCompleted);
        await Operations["unmap"](world);
        Assert.True(map.IsCompletedSuccessfully);
        Assert.False(world.Domain.TryTranslate(Window.Start, out _));
        map = Operations["guest map"](world);
        Assert.False(map.IsCompleted);
        Task unmap = Operations["guest unmap"](world);
        Assert.False(unmap.IsCompleted);
        await unmap;
        Assert.True(map.IsCompletedSuccessfully);
        Assert.DoesNotContain(GuestWindow, world.Guest.Container.Memory.Ranges);
    });

    [Fact]
    public void A_mapping_that_begins_during_an_unmapping_stays() => Run(async world =>
    {
        await Operations["map"](world);
        Task unmap = Operations["unmap"](world);
        await Operations["map"](world);
        Assert.True(unmap.IsCompletedSuccessfully);
        Assert.True(world.Domain.TryTranslate(Window.Start, out ulong physical));
        Assert.Equal(world.Frame, physical);
        await Operations["guest map"](world);
        unmap = Operations["guest unmap"](world);
        await Operations["guest map"](world);
        Assert.True(unmap.IsCompletedSuccessfully);
        Assert.Contains(GuestWindow, world.Guest.Container.Memory.Ranges);
    });

    /// <summary>Without caching mode, a mapping waits only for an earlier unmapping.</summary>
    [Fact]
    public void A_mapping_waits_for_the_unmapping_before_it() => Run(
        async world =>
        {
            await Operations["map"](world);
            await Operations["guest map"](world);
            foreach (string of in (string[])["", "guest "])
            {
                Task unmap = Operations[of + "unmap"](world);
                Task map = Operations[of + "map"](world);
                Assert.False(unmap.IsCompleted || map.IsCompleted);
                await map;
                Assert.True(unmap.IsCompletedSuccessfully);
            }
        },
        cachingMode: false);

    [Fact]
    public void A_mapping_that_is_pending_when_a_guest_ends_does_not_appear() => Run(async world =>
    {
        await RunTogetherAsync(world, "guest map", "guest ends");
        Assert.Empty(world.Guest.Container.Memory.Ranges);
        Assert.Equal(IommuError.Exited, await Refusals.RefusalAsync(Operations["guest map"](world)));
        await Operations["guest unmap"](world);
    });

    private static async Task RunTogetherAsync(World world, string first, string second)
    {
        Task one = Tolerant(Operations[first](world));
        Task two = Tolerant(Operations[second](world));
        await one;
        await two;
        foreach (AddressRange range in world.Guest.Container.Memory.Ranges)
            Assert.True(world.Guest.Container.Domain.TryTranslate(range.Start, out _));
    }

    private static async Task Tolerant(Task call)
    {
        try
        {
            await call;
        }
        catch (IommuException refused)
        {
            Assert.True(refused.Error is IommuError.Busy or IommuError.NotFound or IommuError.NotSupported or IommuError.DeviceGone or IommuError.Exited, refused.Message);
        }
    }

    private static void Run(Func<World, Task> test, string place = "", bool cachingMode = true) => IommuFixture.Run(
        1,
        async fixture =>
        {
            World world = await World.CreateAsync(fixture);
            List<IommuErrorEventArgs> failures = [];
            fixture.Subsystem.TearDownFailed += (_, failed) => failures.Add(failed);
            await test(world);
            await fixture.Subsystem.DisposeAsync();
            Assert.Empty(failures);
            await world.FreeAsync();
            Assert.True(fixture.Subsystem.Frames.InUse == 0, $"{place}: {fixture.Subsystem.Frames.InUse} frames are lost");
        },
        new FixtureOptions { CachingMode = cachingMode });

    private sealed record World(
        IommuFixture Fixture,
        TestProcess Process,
        SvaBond Bond,
        DmaDomain Domain,
        DomainAttachment Attachment,
        AuxiliaryDomain Auxiliary,
        AuxiliaryAttachment AuxiliaryAttachment,
        TestGuest Guest,
        GuestProcess GuestProcess,
        ulong Frame)
    {
        public IommuDevice Device => Fixture.Devices[0];

        public static async Task<World> CreateAsync(IommuFixture fixture)
        {
            TestProcess process = fixture.CreateProcess();
            SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
            DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
            DomainAttachment attachment = await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
            AuxiliaryDomain auxiliary = fixture.Subsystem.CreateAuxiliaryDomain("aux");
            AuxiliaryAttachment byPasid = await auxiliary.AttachAsync(fixture.Devices[0]);
            TestGuest guest = await TestGuest.StartAsync(fixture);
            return new World(
                fixture, process, bond, domain, attachment, auxiliary, byPasid, guest, await guest.CreateBoundProcessAsync(), fixture.Subsystem.Frames.AllocateContiguous(4));
        }

        public async Task FreeAsync()
        {
            await Process.Memory.ExitAsync();
            Domain.Free();
            Auxiliary.Domain.Free();
            await Guest.TerminateAsync();
            Fixture.Subsystem.Frames.Free(Frame, 4);
        }
    }
}
