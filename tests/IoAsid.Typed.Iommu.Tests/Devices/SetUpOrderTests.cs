namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// The steps of enable, disable, reset and disposal in the function and its unit (PCIe 10.5: PASID before ATS before PRI, and back; VT-d 6.5.3.3: a context
/// entry is invalidated before the caches that depend on it).
/// </summary>
public sealed class SetUpOrderTests
{
    private const string All = "0x0-0xFFFFFFFFFFFFFFFF";
    private const string AllFeatures = "context: present, PASIDs, device TLB, page requests";
    private const string OnlyPasids = "context: present, PASIDs";
    private const string NoFeatures = "context: present";

    private static readonly string[] ContextInvalidated = ["context of 00:02.0", "all PASIDs", "all translations, drained", "wait"];
    private static readonly string[] EnablingAll = [AllFeatures, .. ContextInvalidated, "PASIDs on", "ATS on", "PRI reset", "PRI on"];
    private static readonly string[] EnablingPasids = [OnlyPasids, .. ContextInvalidated, "PASIDs on"];
    private static readonly string[] DisablingAll = ["PRI off", $"device TLB: {All}", "wait", "ATS off", "PASIDs off", NoFeatures, .. ContextInvalidated];
    private static readonly string[] Resetting = ["context: absent", .. ContextInvalidated, "reset", "wait, drain page requests", NoFeatures];

    private static readonly Dictionary<(EnabledFeatures EnabledFeatures, DeviceOperation DeviceOperation), string[]> Expected = new()
    {
        [(EnabledFeatures.Nothing, DeviceOperation.EnableAll)] = EnablingAll,
        [(EnabledFeatures.Nothing, DeviceOperation.EnablePasids)] = EnablingPasids,
        [(EnabledFeatures.Nothing, DeviceOperation.Disable)] = ContextInvalidated,
        [(EnabledFeatures.Nothing, DeviceOperation.Reset)] = Resetting,
        [(EnabledFeatures.Nothing, DeviceOperation.Dispose)] = [.. ContextInvalidated, "context: absent", .. ContextInvalidated],
        [(EnabledFeatures.Pasids, DeviceOperation.EnableAll)] = EnablingAll,
        [(EnabledFeatures.Pasids, DeviceOperation.EnablePasids)] = [],
        [(EnabledFeatures.Pasids, DeviceOperation.Disable)] = ["PASIDs off", NoFeatures, .. ContextInvalidated],
        [(EnabledFeatures.Pasids, DeviceOperation.Reset)] = [.. Resetting, .. EnablingPasids],
        [(EnabledFeatures.Pasids, DeviceOperation.Dispose)] = ["PASIDs off", NoFeatures, .. ContextInvalidated, "context: absent", .. ContextInvalidated],
        [(EnabledFeatures.All, DeviceOperation.EnableAll)] = [],
        [(EnabledFeatures.All, DeviceOperation.EnablePasids)] = [],
        [(EnabledFeatures.All, DeviceOperation.Disable)] = DisablingAll,
        [(EnabledFeatures.All, DeviceOperation.Reset)] = [.. Resetting, .. EnablingAll],
        [(EnabledFeatures.All, DeviceOperation.Dispose)] = [.. DisablingAll, "context: absent", .. ContextInvalidated],
    };

    /// <summary>The features that are enabled before an operation.</summary>
    public enum EnabledFeatures
    {
        Nothing,
        Pasids,
        All,
    }

    /// <summary>An operation on a device.</summary>
    public enum DeviceOperation
    {
        EnableAll,
        EnablePasids,
        Disable,
        Reset,
        Dispose,
    }

    public static MatrixTheoryData<EnabledFeatures, DeviceOperation> Cases => new(Enum.GetValues<EnabledFeatures>(), Enum.GetValues<DeviceOperation>());

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_operation_has_its_steps_in_this_order(EnabledFeatures enabled, DeviceOperation operation) => Run(enabled, async (fixture, journal) =>
    {
        await Do(journal.Device, operation);

        Assert.Equal(Expected[(enabled, operation)], journal.Take());
        Assert.Equal(operation == DeviceOperation.Dispose ? DeviceState.Removed : DeviceState.Active, journal.Device.State);
    });

    /// <summary>During a reset a device can only be disabled. All other operations are refused at once.</summary>
    [Theory]
    [InlineData(EnabledFeatures.Nothing)]
    [InlineData(EnabledFeatures.Pasids)]
    [InlineData(EnabledFeatures.All)]
    public void Features_that_are_disabled_during_a_reset_stay_disabled(EnabledFeatures enabled) => Overlapping_operations_run_one_after_the_other(enabled, DeviceOperation.Reset, DeviceOperation.Disable);

    /// <summary>The second operation waits, so the steps are those of one operation after the other.</summary>
    public static MatrixTheoryData<EnabledFeatures, DeviceOperation, DeviceOperation> Pairs => new(
        Enum.GetValues<EnabledFeatures>(), [DeviceOperation.EnableAll, DeviceOperation.EnablePasids, DeviceOperation.Disable], [DeviceOperation.EnableAll, DeviceOperation.EnablePasids, DeviceOperation.Disable, DeviceOperation.Reset]);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Overlapping_operations_run_one_after_the_other(EnabledFeatures enabled, DeviceOperation first, DeviceOperation second)
    {
        string[] sequential = [];
        Run(enabled, async (fixture, journal) =>
        {
            await Do(journal.Device, first);
            await Do(journal.Device, second);
            sequential = journal.Take();
        });
        Run(enabled, async (fixture, journal) =>
        {
            await Task.WhenAll(Do(journal.Device, first), Do(journal.Device, second));
            Assert.Equal(sequential, journal.Take());
        });
    }

    /// <summary>Operations that waited for the lock are refused after a disposal.</summary>
    [Theory]
    [InlineData(DeviceOperation.EnableAll)]
    [InlineData(DeviceOperation.EnablePasids)]
    [InlineData(DeviceOperation.Reset)]
    public void Operations_that_wait_for_the_lock_are_refused_after_a_disposal(DeviceOperation waiting) => Run(EnabledFeatures.Nothing, async (fixture, journal) =>
    {
        Task first = Do(journal.Device, DeviceOperation.Disable);
        Task second = Do(journal.Device, waiting);
        Task disposal = Do(journal.Device, DeviceOperation.Dispose);

        Assert.Equal(IommuError.DeviceGone, (await Assert.ThrowsAsync<IommuException>(() => second)).Error);

        await first;
        await disposal;
        Assert.Equal([.. ContextInvalidated, .. ContextInvalidated, "context: absent", .. ContextInvalidated], journal.Take());
    });

    [Fact]
    public void The_device_TLB_stays_enabled_until_page_requests_are_answered() => RunWithoutAnswers(
        async (fixture, journal) =>
        {
            await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
            journal.Add("answered");
            journal.Function.IsAnswered = () => true;
        },
        journal => Assert.Equal([DisablingAll[0], "answered", .. DisablingAll.Skip(1)], journal.Take()));

    [Fact]
    public void Disabling_does_not_wait_for_responses_to_a_removed_device() => RunWithoutAnswers(
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
    public void Page_requests_are_not_enabled_before_earlier_responses_arrived() => Run(EnabledFeatures.Nothing, async (fixture, journal) =>
    {
        journal.Function.IsAnswered = () => false;

        Assert.Equal(IommuError.Busy, await RefusalAsync(journal.Device, DeviceOperation.EnableAll));

        Assert.Empty(journal.Take());
        journal.Function.IsAnswered = () => true;
        await Do(journal.Device, DeviceOperation.EnableAll);
    });

    [Fact]
    public void A_domain_without_PASID_stays_when_PASIDs_are_disabled() => Run(EnabledFeatures.All, async (fixture, journal) =>
    {
        DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(journal.Device, domain);
        journal.Take();

        await Do(journal.Device, DeviceOperation.Disable);

        Assert.Equal(DisablingAll, journal.Take());
        Assert.Equal([IommuDevice.RequestsWithoutPasid], journal.Device.AttachedPasids);
        await attachment.DisposeAsync();
        domain.Free();
    });

    [Fact]
    public void A_disposal_isolates_a_device_before_its_attachments_end() => Run(EnabledFeatures.All, async (fixture, journal) =>
    {
        DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
        await IommuSubsystem.AttachAsync(journal.Device, domain);
        journal.Take();

        await Do(journal.Device, DeviceOperation.Dispose);

        string[] lines = journal.Take();
        Assert.Equal(["context: absent", .. ContextInvalidated, "PASID 0 in domain 2"], lines[..(ContextInvalidated.Length + 2)]);
        domain.Free();
    });

    [Fact]
    public void An_isolated_device_is_isolated_once_and_disabled_without_its_unit() => Run(EnabledFeatures.All, async (fixture, journal) =>
    {
        await Task.WhenAll(journal.Device.IsolateAsync().AsTask(), journal.Device.IsolateAsync().AsTask());
        Assert.Equal(["context: absent", .. ContextInvalidated], journal.Take());
        Assert.Equal(DeviceState.Isolated, journal.Device.State);

        await Do(journal.Device, DeviceOperation.Disable);

        Assert.Equal(["PRI off", "wait", "ATS off", "PASIDs off"], journal.Take());
    });

    [Fact]
    public void A_device_that_is_removed_during_its_reset_stays_isolated() => Run(EnabledFeatures.All, async (fixture, journal) =>
    {
        Task resetting = Do(journal.Device, DeviceOperation.Reset);
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(50));
        journal.Function.IsGone = true;

        Assert.Equal(IommuError.DeviceGone, (await Assert.ThrowsAsync<IommuException>(() => resetting)).Error);

        Assert.Equal(Resetting[..^1], journal.Take());
        Assert.Equal(DeviceState.Removed, journal.Device.State);
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(journal.Device, DeviceOperation.Reset));
        Assert.Empty(journal.Take());
    });

    /// <summary>Disables a device with unanswered page requests until an event. The disabling waits no longer than that.</summary>
    private static void RunWithoutAnswers(Func<IommuFixture, DeviceJournal, Task> until, Action<DeviceJournal> check) => Run(EnabledFeatures.All, async (fixture, journal) =>
    {
        journal.Function.IsAnswered = () => false;
        TimeProvider clock = fixture.Machine.Scheduler.Clock;
        long start = clock.GetTimestamp();
        Task disabling = Do(journal.Device, DeviceOperation.Disable);
        await until(fixture, journal);
        await disabling;

        Assert.True(clock.GetElapsedTime(start) < TimeSpan.FromSeconds(1), "The disabling waited for responses that had arrived, or cannot arrive.");
        check(journal);
    });

    /// <summary>Runs a test with a device in one of the states, and disposes it afterwards.</summary>
    private static void Run(EnabledFeatures enabled, Func<IommuFixture, DeviceJournal, Task> test) => IommuFixture.Run(1, async fixture =>
    {
        DeviceJournal journal = await DeviceJournal.BeginAsync(fixture);
        if (enabled == EnabledFeatures.All)
            await Do(journal.Device, DeviceOperation.EnableAll);
        else if (enabled == EnabledFeatures.Pasids)
            await Do(journal.Device, DeviceOperation.EnablePasids);
        journal.Take();
        await test(fixture, journal);
        if (journal.Device.Unit.Devices.Contains(journal.Device))
            await journal.EndAsync(fixture);
    });

    private static Task Do(IommuDevice device, DeviceOperation operation) => operation switch
    {
        DeviceOperation.EnableAll => device.EnableSharedVirtualAddressingAsync().AsTask(),
        DeviceOperation.EnablePasids => device.EnablePasidsAsync().AsTask(),
        DeviceOperation.Disable => device.DisableSharedVirtualAddressingAsync().AsTask(),
        DeviceOperation.Reset => device.ResetAsync().AsTask(),
        _ => device.DisposeAsync().AsTask(),
    };

    private static async Task<IommuError> RefusalAsync(IommuDevice device, DeviceOperation operation) =>
        (await Assert.ThrowsAsync<IommuException>(() => Do(device, operation))).Error;
}
