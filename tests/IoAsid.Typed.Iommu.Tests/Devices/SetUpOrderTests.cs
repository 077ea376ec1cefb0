namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// What enabling, disabling, resetting and giving up do to the function and its unit, step by step (PCIe 10.5: PASID before ATS before PRI, and back; VT-d 6.5.3.3:
/// a context entry that changes is forgotten before what depends on it).
/// </summary>
public sealed class SetUpOrderTests
{
    private const string All = "0x0-0xFFFFFFFFFFFFFFFF";
    private const string AllOn = "context: present, PASIDs, device TLB, page requests";
    private const string OnlyPasids = "context: present, PASIDs";
    private const string NothingOn = "context: present";

    private static readonly string[] Forgotten = ["context of 00:02.0", "all PASIDs", "all translations, drained", "wait"];
    private static readonly string[] SwitchingAllOn = [AllOn, .. Forgotten, "PASIDs on", "ATS on", "PRI reset", "PRI on"];
    private static readonly string[] SwitchingPasidsOn = [OnlyPasids, .. Forgotten, "PASIDs on"];
    private static readonly string[] SwitchingAllOff = ["PRI off", $"device TLB: {All}", "wait", "ATS off", "PASIDs off", NothingOn, .. Forgotten];
    private static readonly string[] Resetting = ["context: absent", .. Forgotten, "reset", "wait, drain page requests", NothingOn];

    private static readonly Dictionary<(Had Had, Deed Deed), string[]> Expected = new()
    {
        [(Had.Nothing, Deed.EnableAll)] = SwitchingAllOn,
        [(Had.Nothing, Deed.EnablePasids)] = SwitchingPasidsOn,
        [(Had.Nothing, Deed.Disable)] = Forgotten,
        [(Had.Nothing, Deed.Reset)] = Resetting,
        [(Had.Nothing, Deed.GiveUp)] = [.. Forgotten, "context: absent", .. Forgotten],
        [(Had.Pasids, Deed.EnableAll)] = SwitchingAllOn,
        [(Had.Pasids, Deed.EnablePasids)] = [],
        [(Had.Pasids, Deed.Disable)] = ["PASIDs off", NothingOn, .. Forgotten],
        [(Had.Pasids, Deed.Reset)] = [.. Resetting, .. SwitchingPasidsOn],
        [(Had.Pasids, Deed.GiveUp)] = ["PASIDs off", NothingOn, .. Forgotten, "context: absent", .. Forgotten],
        [(Had.All, Deed.EnableAll)] = [],
        [(Had.All, Deed.EnablePasids)] = [],
        [(Had.All, Deed.Disable)] = SwitchingAllOff,
        [(Had.All, Deed.Reset)] = [.. Resetting, .. SwitchingAllOn],
        [(Had.All, Deed.GiveUp)] = [.. SwitchingAllOff, "context: absent", .. Forgotten],
    };

    /// <summary>What was enabled before.</summary>
    public enum Had
    {
        Nothing,
        Pasids,
        All,
    }

    /// <summary>What is done.</summary>
    public enum Deed
    {
        EnableAll,
        EnablePasids,
        Disable,
        Reset,
        GiveUp,
    }

    public static MatrixTheoryData<Had, Deed> Cases => new(Enum.GetValues<Had>(), Enum.GetValues<Deed>());

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_deed_has_its_steps_in_this_order(Had had, Deed deed) => Run(had, async (bench, journal) =>
    {
        await Do(journal.Device, deed);

        Assert.Equal(Expected[(had, deed)], journal.Take());
        Assert.Equal(deed == Deed.GiveUp ? DeviceState.Removed : DeviceState.Active, journal.Device.State);
    });

    /// <summary>What is being reset can only be disabled: everything else is refused at once.</summary>
    [Theory]
    [InlineData(Had.Nothing)]
    [InlineData(Had.Pasids)]
    [InlineData(Had.All)]
    public void What_is_disabled_during_a_reset_is_disabled_after_it(Had had) => Deeds_that_run_into_each_other_are_done_one_after_the_other(had, Deed.Reset, Deed.Disable);

    /// <summary>Whoever comes second waits: the steps are those of one after the other.</summary>
    public static MatrixTheoryData<Had, Deed, Deed> Pairs => new(
        Enum.GetValues<Had>(), [Deed.EnableAll, Deed.EnablePasids, Deed.Disable], [Deed.EnableAll, Deed.EnablePasids, Deed.Disable, Deed.Reset]);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Deeds_that_run_into_each_other_are_done_one_after_the_other(Had had, Deed first, Deed second)
    {
        string[] sequential = [];
        Run(had, async (bench, journal) =>
        {
            await Do(journal.Device, first);
            await Do(journal.Device, second);
            sequential = journal.Take();
        });
        Run(had, async (bench, journal) =>
        {
            await Task.WhenAll(Do(journal.Device, first), Do(journal.Device, second));
            Assert.Equal(sequential, journal.Take());
        });
    }

    /// <summary>Nothing is done any more to a device that is being given up, whatever was waiting for its turn.</summary>
    [Theory]
    [InlineData(Deed.EnableAll)]
    [InlineData(Deed.EnablePasids)]
    [InlineData(Deed.Reset)]
    public void What_waits_for_its_turn_is_refused_when_the_device_is_given_up_meanwhile(Deed waiting) => Run(Had.Nothing, async (bench, journal) =>
    {
        Task first = Do(journal.Device, Deed.Disable);
        Task second = Do(journal.Device, waiting);
        Task givingUp = Do(journal.Device, Deed.GiveUp);

        Assert.Equal(IommuError.DeviceGone, (await Assert.ThrowsAsync<IommuException>(() => second)).Error);

        await first;
        await givingUp;
        Assert.Equal([.. Forgotten, .. Forgotten, "context: absent", .. Forgotten], journal.Take());
    });

    [Fact]
    public void While_page_requests_are_not_answered_the_device_TLB_stays_on() => RunWithoutAnswers(
        async (bench, journal) =>
        {
            await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
            journal.Add("answered");
            journal.Function.IsAnswered = () => true;
        },
        journal => Assert.Equal([SwitchingAllOff[0], "answered", .. SwitchingAllOff.Skip(1)], journal.Take()));

    [Fact]
    public void For_answers_to_a_device_that_is_gone_nobody_waits() => RunWithoutAnswers(
        (_, journal) =>
        {
            journal.Function.IsGone = true;
            return Task.CompletedTask;
        },
        journal =>
        {
            Assert.DoesNotContain(journal.Take(), line => line.StartsWith("device TLB", StringComparison.Ordinal));
            Assert.Equal(DeviceState.Removed, journal.Device.State);
        });

    [Fact]
    public void Page_requests_are_not_enabled_while_answers_to_earlier_ones_are_missing() => Run(Had.Nothing, async (bench, journal) =>
    {
        journal.Function.IsAnswered = () => false;

        Assert.Equal(IommuError.Busy, await RefusalAsync(journal.Device, Deed.EnableAll));

        Assert.Empty(journal.Take());
        journal.Function.IsAnswered = () => true;
        await Do(journal.Device, Deed.EnableAll);
    });

    [Fact]
    public void What_is_attached_without_PASID_stays_when_PASIDs_are_disabled() => Run(Had.All, async (bench, journal) =>
    {
        DmaDomain domain = bench.Subsystem.CreateDomain("dma");
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(journal.Device, domain);
        journal.Take();

        await Do(journal.Device, Deed.Disable);

        Assert.Equal(SwitchingAllOff, journal.Take());
        Assert.Equal([IommuDevice.RequestsWithoutPasid], journal.Device.AttachedPasids);
        await attachment.DisposeAsync();
        domain.Free();
    });

    [Fact]
    public void A_device_that_has_something_attached_is_isolated_before_that_ends() => Run(Had.All, async (bench, journal) =>
    {
        DmaDomain domain = bench.Subsystem.CreateDomain("dma");
        await IommuSubsystem.AttachAsync(journal.Device, domain);
        journal.Take();

        await Do(journal.Device, Deed.GiveUp);

        string[] lines = journal.Take();
        Assert.Equal(["context: absent", .. Forgotten, "PASID 0 in domain 2"], lines[..(Forgotten.Length + 2)]);
        domain.Free();
    });

    [Fact]
    public void A_device_that_is_cut_off_is_cut_off_once_and_switched_off_without_its_unit() => Run(Had.All, async (bench, journal) =>
    {
        await Task.WhenAll(journal.Device.IsolateAsync().AsTask(), journal.Device.IsolateAsync().AsTask());
        Assert.Equal(["context: absent", .. Forgotten], journal.Take());
        Assert.Equal(DeviceState.Isolated, journal.Device.State);

        await Do(journal.Device, Deed.Disable);

        Assert.Equal(["PRI off", "wait", "ATS off", "PASIDs off"], journal.Take());
    });

    [Fact]
    public void A_device_that_goes_during_its_reset_stays_cut_off() => Run(Had.All, async (bench, journal) =>
    {
        Task resetting = Do(journal.Device, Deed.Reset);
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(50));
        journal.Function.IsGone = true;

        Assert.Equal(IommuError.DeviceGone, (await Assert.ThrowsAsync<IommuException>(() => resetting)).Error);

        Assert.Equal(Resetting[..^1], journal.Take());
        Assert.Equal(DeviceState.Removed, journal.Device.State);
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(journal.Device, Deed.Reset));
        Assert.Empty(journal.Take());
    });

    /// <summary>Disables a device that has no answers to its page requests yet, until something happens; nobody waits longer than that.</summary>
    private static void RunWithoutAnswers(Func<IommuBench, DeviceJournal, Task> until, Action<DeviceJournal> check) => Run(Had.All, async (bench, journal) =>
    {
        journal.Function.IsAnswered = () => false;
        TimeProvider clock = bench.Machine.Scheduler.Clock;
        long start = clock.GetTimestamp();
        Task disabling = Do(journal.Device, Deed.Disable);
        await until(bench, journal);
        await disabling;

        Assert.True(clock.GetElapsedTime(start) < TimeSpan.FromSeconds(1), "It waits for what has come, or does not come any more.");
        check(journal);
    });

    /// <summary>Runs with a device in one of the states, and gives it up in the end.</summary>
    private static void Run(Had had, Func<IommuBench, DeviceJournal, Task> test) => IommuBench.Run(1, async bench =>
    {
        DeviceJournal journal = await DeviceJournal.BeginAsync(bench);
        if (had == Had.All)
            await Do(journal.Device, Deed.EnableAll);
        else if (had == Had.Pasids)
            await Do(journal.Device, Deed.EnablePasids);
        journal.Take();
        await test(bench, journal);
        if (journal.Device.Unit.Devices.Contains(journal.Device))
            await journal.EndAsync(bench);
    });

    private static Task Do(IommuDevice device, Deed deed) => deed switch
    {
        Deed.EnableAll => device.EnableSharedVirtualAddressingAsync().AsTask(),
        Deed.EnablePasids => device.EnablePasidsAsync().AsTask(),
        Deed.Disable => device.DisableSharedVirtualAddressingAsync().AsTask(),
        Deed.Reset => device.ResetAsync().AsTask(),
        _ => device.DisposeAsync().AsTask(),
    };

    private static async Task<IommuError> RefusalAsync(IommuDevice device, Deed deed) =>
        (await Assert.ThrowsAsync<IommuException>(() => Do(device, deed))).Error;
}
