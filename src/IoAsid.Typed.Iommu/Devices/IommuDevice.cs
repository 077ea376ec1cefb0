using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// A function behind a unit: its context entry, its own PASID table, and what of PASID, ATS and PRI is enabled.
/// </summary>
/// <remarks>
/// Comes from <see cref="IommuSubsystem.AddAsync(IPciFunction, CancellationToken)"/>. Its disposal ends all bonds and attachments of the function, and gives the function up. Runs in steps of the
/// machine's scheduler; not thread-safe.
/// </remarks>
public sealed class IommuDevice : IAsyncDisposable
{
    /// <summary>The PASID in whose entry requests without PASID are looked up (RID_PASID).</summary>
    internal static Pasid RequestsWithoutPasid => default;

    private readonly PasidTable _pasids;
    private readonly HashSet<Pasid> _attached = [];

    // Held while PASID, ATS and PRI are enabled, disabled or reset.
    private readonly AsyncLock _setUp = new();
    private readonly SingleRun _end = new();
    private int _featureHolds;
    private Task _cutOff = Task.CompletedTask;
    private bool _isLeaving;
    private bool _takesPasids;

    internal IommuDevice(VtdDriver unit, IPciFunction function)
    {
        Unit = unit;
        Function = function;
        PageRequests = new PageRequestAccounts(unit.Platform.Scheduler);
        _pasids = new PasidTable(unit.Platform.Memory, unit.Frames, PasidBits);
    }

    /// <summary>The function.</summary>
    public IPciFunction Function { get; }

    /// <summary>The unit that translates its requests.</summary>
    public VtdDriver Unit { get; }

    /// <summary>The id on its requests.</summary>
    public RequesterId RequesterId => Function.RequesterId;

    /// <summary>What may be done with it.</summary>
    public DeviceState State { get; private set; }

    /// <summary>Whether it may send requests with a PASID.</summary>
    public bool PasidEnabled => Function.Pasid is { Enabled: true };

    /// <summary>Whether it may use a device TLB.</summary>
    public bool DeviceTlbEnabled => Function.Ats is { Enabled: true };

    /// <summary>Whether it may ask for pages.</summary>
    public bool PageRequestsEnabled => Function.Pri is { Enabled: true };

    /// <summary>The largest PASID that it can send and its unit can take; 0 without PASIDs.</summary>
    public Pasid MaximumPasid => new((1u << PasidBits) - 1);

    /// <summary>The PASIDs that mean something on this device.</summary>
    public IReadOnlyCollection<Pasid> AttachedPasids => _attached;

    /// <summary>The machine that the device belongs to.</summary>
    public IPlatform Platform => Unit.Platform;

    /// <summary>Gets a value indicating whether the device completes commands: it is plugged in, and neither isolated nor in a reset.</summary>
    public bool IsReachable => Function.IsPresent && State is DeviceState.Active;

    internal PageRequestAccounts PageRequests { get; }

    /// <summary>The bonds and attachments of the function, in the order in which they began.</summary>
    internal List<IAsyncDisposable> Dependents { get; } = [];

    /// <summary>Gets a value indicating whether the disposal has begun.</summary>
    internal bool IsLeaving => _isLeaving;

    private int PasidBits => Math.Min(Function.Pasid?.Width ?? 0, Unit.Capabilities.PasidBits);

    private DeviceTlbTarget DeviceTlb => new(
        RequesterId,
        Function.Ats!.InvalidateQueueDepth,
        Unit.Capabilities.ExtendedCapability.DeviceTlbThrottling ? RequesterId : default);

    /// <inheritdoc/>
    public override string ToString() => RequesterId.ToString();

    /// <summary>
    /// Enables PASID, ATS and PRI, in the order the architecture wants (PCIe 10.5: PASID before ATS before PRI), and lets the unit take what they send.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait. What is enabled all the same is released.</param>
    /// <returns>The caller's hold on the features. A caller that needs them until the device is disposed may drop it.</returns>
    /// <exception cref="IommuException">The function or the unit lacks one of them, or answers to page requests of before are missing: Busy.</exception>
    public ValueTask<DeviceFeatures> EnableSharedVirtualAddressingAsync(CancellationToken cancellationToken = default) =>
        HoldFeaturesAsync(RequireCapabilities, EnableAllAsync).OrDisposed(cancellationToken);

    /// <summary>Enables PASIDs only: without device TLB and page requests.</summary>
    /// <param name="cancellationToken">Cancels the wait. What is enabled all the same is released.</param>
    /// <returns>The caller's hold on PASIDs. A caller that needs them until the device is disposed may drop it.</returns>
    /// <exception cref="IommuException">The function or the unit lacks them.</exception>
    public ValueTask<DeviceFeatures> EnablePasidsAsync(CancellationToken cancellationToken = default) =>
        HoldFeaturesAsync(RequirePasids, EnablePasidsOnlyAsync).OrDisposed(cancellationToken);

    private async ValueTask<DeviceFeatures> HoldFeaturesAsync(Action require, Func<ValueTask> enable)
    {
        RequireActive();
        require();
        using (await _setUp.EnterAsync())
            await enable();
        _featureHolds++;
        return new DeviceFeatures(this);
    }

    /// <summary>Releases a hold on the features. With the last one the bonds and attachments of PASIDs end, and the features are disabled.</summary>
    internal async ValueTask ReleaseFeaturesAsync()
    {
        if (--_featureHolds > 0 || _isLeaving)
            return;
        await Unit.TearDown.DisposeAllAsync(Dependents.Where(dependent => dependent is not DomainAttachment));
        await DisableSharedVirtualAddressingAsync();
    }

    private async ValueTask EnableAllAsync()
    {
        RequireActive();
        if (PageRequestsEnabled)
            return;
        IPriCapability pri = Function.Pri!;
        if (!pri.Stopped)
            throw new IommuException(IommuError.Busy, $"{this} still waits for answers to page requests from before. Reset it first.");
        await AllowAsync(context => context with { PasidEnable = true, DeviceTlbEnable = true, PageRequestEnable = true });
        EnableFunctionPasids();
        Function.Ats!.Enabled = true;
        pri.Reset();
        pri.Enabled = true;
    }

    private async ValueTask EnablePasidsOnlyAsync()
    {
        RequireActive();
        if (PasidEnabled)
            return;
        await AllowAsync(context => context with { PasidEnable = true });
        EnableFunctionPasids();
    }

    private void EnableFunctionPasids()
    {
        Function.Pasid!.Enabled = true;
        _takesPasids = true;
    }

    /// <summary>Disables PRI, ATS and PASID, in this order, when what was under way has ended.</summary>
    /// <exception cref="IommuException">PASIDs are attached.</exception>
    internal async ValueTask DisableSharedVirtualAddressingAsync()
    {
        using (await _setUp.EnterAsync())
        {
            if (_attached.Any(pasid => pasid != RequestsWithoutPasid))
                throw new IommuException(IommuError.Busy, $"PASIDs of {this} are attached. Unbind and detach them first.");
            await DisableAllAsync();
        }
    }

    private async ValueTask DisableAllAsync()
    {
        _takesPasids = false;
        if (Function.Pri is { Enabled: true } pri)
        {
            pri.Enabled = false;
            await Unit.Platform.Scheduler.WaitUntil(() => pri.Stopped || !IsReachable, TimeSpan.FromSeconds(10));
        }

        await DropDeviceTlbAsync(RequestsWithoutPasid, DeviceTlbRange.Everything);
        if (Function.Ats is { Enabled: true } ats)
            ats.Enabled = false;
        if (Function.Pasid is { Enabled: true } pasids)
            pasids.Enabled = false;
        await AllowAsync(context => context with { PasidEnable = false, DeviceTlbEnable = false, PageRequestEnable = false });
    }

    /// <summary>
    /// Resets the function (FLR): nothing of it reaches memory meanwhile, its page requests are answered or dropped, and what was enabled is enabled again.
    /// Attachments stay.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait. The reset goes on.</param>
    /// <exception cref="IommuException">It was pulled out.</exception>
    public ValueTask ResetAsync(CancellationToken cancellationToken = default) => ResetInTurnAsync().UnlessCancelled(cancellationToken);

    /// <summary>
    /// Gives the function up. If something is attached, the function is isolated first, and each bond and attachment ends. Then PASID, ATS and PRI are disabled. A
    /// failure is reported by <see cref="IommuSubsystem.TearDownFailed"/>, and not thrown. A second disposal waits for the first.
    /// </summary>
    public ValueTask DisposeAsync() => _end.RunAsync(() => Unit.TearDown.RunAsync(this, EndAsync));

    private async ValueTask EndAsync()
    {
        // From the first step on nothing new begins.
        _isLeaving = true;
        using AsyncLockEntry turn = await _setUp.EnterAsync();
        if (Dependents.Count > 0)
            await IsolateAsync();
        await Unit.TearDown.DisposeAllAsync(Dependents);
        await DisableAllAsync();
        State = DeviceState.Removed;
        await CutOffAsync();
        FreeTables();
        Unit.Remove(this);
    }

    private async ValueTask ResetInTurnAsync()
    {
        RequireResettable();
        using (await _setUp.EnterAsync())
            await ResetFunctionAsync();
    }

    private async ValueTask ResetFunctionAsync()
    {
        RequireResettable();
        bool shared = PageRequestsEnabled;
        bool pasids = PasidEnabled;
        State = DeviceState.Resetting;
        await ResetWhileCutOffAsync();
        RequireActive();
        await ConnectAsync();
        if (shared)
            await EnableAllAsync();
        else if (pasids)
            await EnablePasidsOnlyAsync();
    }

    // What goes wrong in the middle leaves it cut off, so that it can be reset again or given up.
    private async ValueTask ResetWhileCutOffAsync()
    {
        DeviceState next = DeviceState.Isolated;
        try
        {
            await CutOffAsync();
            await Function.ResetAsync();
            await ForgetPageRequestsAsync();
            next = DeviceState.Active;
        }
        finally
        {
            State = Function.IsPresent ? next : DeviceState.Removed;
        }
    }

    /// <summary>Lets the function's requests through to its PASID table.</summary>
    internal async ValueTask ConnectAsync()
    {
        Unit.Invalidations.ResetTimeouts(RequesterId);
        Unit.Contexts.Set(RequesterId, new ScalableContextEntry
        {
            Present = true,
            PasidDirectory = _pasids.Directory,
            PasidDirectorySize = _pasids.DirectorySize,
            RidPasid = RequestsWithoutPasid,
        });
        if (Unit.Capabilities.CachingMode)
            await FlushContextAsync();
    }

    /// <summary>Cuts a function off that does not do what it must; nothing of it reaches memory when this returns, whoever began it.</summary>
    internal ValueTask IsolateAsync()
    {
        if (State is not DeviceState.Active)
            return new ValueTask(_cutOff);
        State = Function.IsPresent ? DeviceState.Isolated : DeviceState.Removed;
        return CutOffAsync();
    }

    internal void FreeTables() => _pasids.Free();

    /// <summary>
    /// Gives a PASID of this device a meaning. The entry is complete before it is present; where the unit caches entries that are not present, <see cref="InvalidateNotPresentAsync"/> must follow.
    /// </summary>
    /// <exception cref="IommuException">It has one already, the device cannot send it, or memory ran out. Nothing changed.</exception>
    internal void Attach(Pasid pasid, PasidEntry entry)
    {
        RequireActive();
        if (pasid > MaximumPasid)
            throw new IommuException(IommuError.PasidTooWide, $"{this} can send PASIDs up to {MaximumPasid}; {pasid} is above.");
        if (_attached.Contains(pasid))
            throw new IommuException(IommuError.Busy, $"PASID {pasid} of {this} is attached already. Detach it first.");
        if (pasid != RequestsWithoutPasid && !_takesPasids)
            throw new IommuException(IommuError.NotSupported, $"PASIDs of {this} are not enabled, or are being disabled. Enable them first.");
        _pasids.Set(pasid, entry);
        _attached.Add(pasid);
    }

    /// <summary>In caching mode, invalidates the cached entry that is not present.</summary>
    /// <exception cref="IommuException">The unit does not work any more. The PASID is attached: hardware may know it.</exception>
    internal ValueTask InvalidateNotPresentAsync(Pasid pasid, PasidEntry entry) =>
        Unit.Capabilities.CachingMode ? FlushAsync(pasid, entry) : ValueTask.CompletedTask;

    /// <summary>
    /// Takes the meaning of a PASID away: the present bit goes in one write, then every cache that may know it is emptied, then the rest of the entry goes.
    /// </summary>
    /// <param name="pasid">The PASID. Not attached, or revoked before: nothing happens.</param>
    /// <param name="suppressFaults">Whether faults are no news until it is detached: the owner is gone, the device not told yet (FPD).</param>
    internal async ValueTask RevokeAsync(Pasid pasid, bool suppressFaults)
    {
        PasidEntry entry = _pasids[pasid];
        if (!entry.Present)
            return;
        _pasids.Revoke(pasid, suppressFaults);
        await FlushAsync(pasid, entry);
        _pasids.Clear(pasid, suppressFaults);
    }

    /// <summary>Forgets a PASID that was revoked and drained: it can be attached again.</summary>
    internal void Detach(Pasid pasid)
    {
        _pasids.Clear(pasid);
        _attached.Remove(pasid);
    }

    /// <summary>Adds what drops the device TLB of a PASID, if there is one to drop.</summary>
    internal InvalidationBatch AppendDeviceTlb(InvalidationBatch batch, Pasid pasid, DeviceTlbRange pages)
    {
        // One that is cut off is no exception: the queue leaves it out, and waits until it is.
        if (!DeviceTlbEnabled)
            return batch;
        return pasid == RequestsWithoutPasid ? batch.DeviceTlb(DeviceTlb, pages) : batch.DeviceTlb(DeviceTlb, pasid, pages);
    }

    /// <summary>Has the device forget pages of a PASID, if it has a device TLB; complete when it has.</summary>
    internal ValueTask DropDeviceTlbAsync(Pasid pasid, DeviceTlbRange pages)
    {
        InvalidationBatch batch = AppendDeviceTlb(new InvalidationBatch(), pasid, pages);
        return batch.IsEmpty ? ValueTask.CompletedTask : Unit.Invalidations.RunAsync(batch);
    }

    /// <summary>Drops every translation of a PASID, and its entry, from the unit and the device.</summary>
    private ValueTask FlushAsync(Pasid pasid, PasidEntry entry)
    {
        InvalidationBatch batch = new InvalidationBatch().Pasid(entry.DomainId, pasid);
        // What a second stage took part in is tagged by domain (VT-d 6.5.3.1, table of invalidations by change).
        if (entry.GrantType is PasidGrantType.SecondStage or PasidGrantType.Nested)
            batch.Domain(entry.DomainId);
        else
            batch.PasidTranslations(entry.DomainId, pasid);
        return Unit.Invalidations.RunAsync(AppendDeviceTlb(batch, pasid, DeviceTlbRange.Everything));
    }

    private async ValueTask AllowAsync(Func<ScalableContextEntry, ScalableContextEntry> change)
    {
        ScalableContextEntry context = Unit.Contexts[RequesterId];
        if (!context.Present)
            return;
        Unit.Contexts.SetFirstWord(RequesterId, change(context));
        await FlushContextAsync();
    }

    private ValueTask CutOffAsync()
    {
        Unit.Contexts.SetFirstWord(RequesterId, default);
        PageRequests.Refuse();
        _cutOff = FlushContextAsync().AsTask();
        return new ValueTask(_cutOff);
    }

    // The function counts its groups from the beginning: what it asked before must not be taken for a part of what it asks now.
    private async ValueTask ForgetPageRequestsAsync()
    {
        await Unit.Invalidations.RunAsync(new InvalidationBatch(), drainPageRequests: true);
        Unit.ReadPageRequests();
        PageRequests.Refuse();
    }

    private ValueTask FlushContextAsync() =>
        Unit.Invalidations.RunAsync(new InvalidationBatch().Context(RequesterId).AllPasids().AllTranslations());

    private void RequirePasids()
    {
        if (Function.Pasid is null || !Unit.Capabilities.Pasid)
            throw Lacks("PASIDs");
    }

    private void RequireCapabilities()
    {
        VtdCapabilities capabilities = Unit.Capabilities;
        if (!capabilities.Pasid || !capabilities.FirstStage || !capabilities.DeviceTlb || !Unit.Invalidations.CanDrainPageRequests)
            throw new IommuException(IommuError.NotSupported, $"The unit {Unit} lacks PASIDs, first-stage tables, device TLBs, or page requests that can be drained.");
        if (Function.Pasid is null || Function.Ats is null || Function.Pri is null)
            throw Lacks("PASIDs, ATS or PRI");
    }

    private IommuException Lacks(string what) =>
        new(IommuError.NotSupported, $"{this} or its unit {Unit} has no {what}.");

    internal void RequireActive()
    {
        if (State is not DeviceState.Active || _isLeaving || !Function.IsPresent)
            throw NotActive();
    }

    private void RequireResettable()
    {
        if (State is DeviceState.Removed or DeviceState.Resetting || _isLeaving)
            throw NotActive();
    }

    private IommuException NotActive() => State is DeviceState.Resetting
        ? new(IommuError.Busy, $"{this} is being reset. Try again when it is done.")
        : new(IommuError.DeviceGone, $"{this} was pulled out, cut off or given up ({State}). Reset it, or give up what is bound to it.");
}
