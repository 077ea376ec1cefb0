using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>A PCI function behind a unit, with its context entry, its PASID table, and its enabled features of PASID, ATS and PRI.</summary>
/// <remarks>
/// <see cref="IommuSubsystem.AddAsync(IPciFunction, CancellationToken)"/> creates it. Its disposal ends all bonds and attachments of the function, and removes
/// the function from the subsystem. The device runs in steps of the machine's scheduler and is not thread-safe.
/// </remarks>
public sealed class IommuDevice : IAsyncDisposable
{
    /// <summary>The PASID whose entry translates requests without PASID (RID_PASID).</summary>
    internal static Pasid RequestsWithoutPasid => default;

    private readonly PasidTable _pasids;
    private readonly HashSet<Pasid> _attached = [];

    // Held while PASID, ATS and PRI are enabled, disabled or reset.
    private readonly AsyncLock _setUp = new();
    private readonly SingleRun _end = new();
    private int _featureHolds;
    private Task _isolation = Task.CompletedTask;
    private bool _isDisposing;
    private bool _acceptsPasids;

    internal IommuDevice(VtdDriver unit, IPciFunction function)
    {
        Unit = unit;
        Function = function;
        PageRequests = new DevicePageRequests(unit.Platform.Scheduler);
        _pasids = new PasidTable(unit.Platform.Memory, unit.Frames, PasidBits);
    }

    /// <summary>The function.</summary>
    public IPciFunction Function { get; }

    /// <summary>The driver of the unit that translates the function's requests.</summary>
    public VtdDriver Unit { get; }

    /// <summary>The requester id of the function.</summary>
    public RequesterId RequesterId => Function.RequesterId;

    /// <summary>The state of the device.</summary>
    public DeviceState State { get; private set; }

    /// <summary>Gets a value indicating whether the function may send requests with a PASID.</summary>
    public bool PasidEnabled => Function.Pasid is { Enabled: true };

    /// <summary>Gets a value indicating whether the function may use a device TLB.</summary>
    public bool DeviceTlbEnabled => Function.Ats is { Enabled: true };

    /// <summary>Gets a value indicating whether the function may send page requests.</summary>
    public bool PageRequestsEnabled => Function.Pri is { Enabled: true };

    /// <summary>The largest PASID that the function can send and its unit can translate, or 0 without PASIDs.</summary>
    public Pasid MaximumPasid => new((1u << PasidBits) - 1);

    /// <summary>The PASIDs that are attached to this device.</summary>
    public IReadOnlyCollection<Pasid> AttachedPasids => _attached;

    /// <summary>The machine of the device.</summary>
    public IPlatform Platform => Unit.Platform;

    /// <summary>Gets a value indicating whether the device completes commands: it is present, not isolated and not in a reset.</summary>
    public bool IsReachable => Function.IsPresent && State is DeviceState.Active;

    internal DevicePageRequests PageRequests { get; }

    /// <summary>The bonds and attachments of the function, in the order in which they began.</summary>
    internal List<IAsyncDisposable> Dependents { get; } = [];

    /// <summary>Gets a value indicating whether the disposal has begun.</summary>
    internal bool IsDisposing => _isDisposing;

    private int PasidBits => Math.Min(Function.Pasid?.Width ?? 0, Unit.Capabilities.PasidBits);

    private DeviceTlbTarget DeviceTlb => new(
        RequesterId,
        Function.Ats!.InvalidateQueueDepth,
        Unit.Capabilities.ExtendedCapability.DeviceTlbThrottling ? RequesterId : default);

    /// <inheritdoc/>
    public override string ToString() => RequesterId.ToString();

    /// <summary>Enables PASID, ATS and PRI in the function and in the context entry. PASID is enabled before ATS, and ATS before PRI (PCIe 10.5).</summary>
    /// <param name="cancellationToken">Cancels the wait. Features that are enabled after the cancellation are released.</param>
    /// <returns>The caller's hold on the features. A caller that needs the features until the device is disposed can ignore it.</returns>
    /// <exception cref="IommuException">
    /// NotSupported: the function or the unit lacks a feature. Busy: the function still waits for responses to earlier page requests.
    /// </exception>
    public ValueTask<IAsyncDisposable> EnableSharedVirtualAddressingAsync(CancellationToken cancellationToken = default) =>
        HoldFeaturesAsync(RequireCapabilities, EnableAllAsync).OrDisposed(cancellationToken);

    /// <summary>Enables PASIDs only, without device TLB and page requests.</summary>
    /// <param name="cancellationToken">Cancels the wait. Features that are enabled after the cancellation are released.</param>
    /// <returns>The caller's hold on PASIDs. A caller that needs PASIDs until the device is disposed can ignore it.</returns>
    /// <exception cref="IommuException">The function or the unit has no PASIDs.</exception>
    public ValueTask<IAsyncDisposable> EnablePasidsAsync(CancellationToken cancellationToken = default) =>
        HoldFeaturesAsync(RequirePasids, EnablePasidsOnlyAsync).OrDisposed(cancellationToken);

    private async ValueTask<IAsyncDisposable> HoldFeaturesAsync(Action require, Func<ValueTask> enable)
    {
        RequireActive();
        require();
        using (await _setUp.EnterAsync())
            await enable();
        _featureHolds++;
        return new DeviceFeatures(this);
    }

    /// <summary>Releases a hold on the features. The last release ends the bonds and attachments of PASIDs, and disables the features.</summary>
    internal async ValueTask ReleaseFeaturesAsync()
    {
        if (--_featureHolds > 0 || _isDisposing)
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
            throw new IommuException(IommuError.Busy, $"{this} still waits for responses to earlier page requests. Reset it first.");
        await UpdateContextAsync(context => context with { PasidEnable = true, DeviceTlbEnable = true, PageRequestEnable = true });
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
        await UpdateContextAsync(context => context with { PasidEnable = true });
        EnableFunctionPasids();
    }

    private void EnableFunctionPasids()
    {
        Function.Pasid!.Enabled = true;
        _acceptsPasids = true;
    }

    /// <summary>Disables PRI, ATS and PASID, in this order, after earlier page requests and translations have ended.</summary>
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
        _acceptsPasids = false;
        if (Function.Pri is { Enabled: true } pri)
        {
            pri.Enabled = false;
            await Unit.Platform.Scheduler.WaitUntil(() => pri.Stopped || !IsReachable, TimeSpan.FromSeconds(10));
        }

        await InvalidateDeviceTlbAsync(RequestsWithoutPasid, DeviceTlbRange.Everything);
        if (Function.Ats is { Enabled: true } ats)
            ats.Enabled = false;
        if (Function.Pasid is { Enabled: true } pasids)
            pasids.Enabled = false;
        await UpdateContextAsync(context => context with { PasidEnable = false, DeviceTlbEnable = false, PageRequestEnable = false });
    }

    /// <summary>
    /// Resets the function (FLR). During the reset no request of the function reaches memory, and its page requests get a response or are dropped. Afterwards the
    /// same features are enabled again. Attachments stay.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait. The reset continues.</param>
    /// <exception cref="IommuException">The function was removed, or another reset is running.</exception>
    public ValueTask ResetAsync(CancellationToken cancellationToken = default) => ResetInTurnAsync().UnlessCancelled(cancellationToken);

    /// <summary>
    /// Removes the function from the subsystem. If something is attached, the function is isolated first, and each bond and attachment ends. Then PASID, ATS
    /// and PRI are disabled. A failure raises <see cref="IommuSubsystem.TearDownFailed"/>, and is not thrown. A second disposal waits for the first.
    /// </summary>
    public ValueTask DisposeAsync() => _end.RunAsync(() => Unit.TearDown.RunAsync(this, EndAsync));

    private async ValueTask EndAsync()
    {
        // New bonds and attachments are refused from the first step on.
        _isDisposing = true;
        using AsyncLockEntry turn = await _setUp.EnterAsync();
        if (Dependents.Count > 0)
            await IsolateAsync();
        await Unit.TearDown.DisposeAllAsync(Dependents);
        await DisableAllAsync();
        State = DeviceState.Removed;
        await ClearContextEntryAsync();
        FreeTables();
        Unit.Remove(this);
    }

    private async ValueTask ResetInTurnAsync()
    {
        using DriverOperation? operation = DriverOperation.Start("reset", this);
        RequireResettable();
        using (await _setUp.EnterAsync())
            await ResetFunctionAsync();
        operation?.Complete();
    }

    private async ValueTask ResetFunctionAsync()
    {
        RequireResettable();
        bool shared = PageRequestsEnabled;
        bool pasids = PasidEnabled;
        State = DeviceState.Resetting;
        await ResetWhileIsolatedAsync();
        RequireActive();
        await ConnectAsync();
        if (shared)
            await EnableAllAsync();
        else if (pasids)
            await EnablePasidsOnlyAsync();
    }

    // After a failure the function stays isolated, so that it can be reset again or disposed.
    private async ValueTask ResetWhileIsolatedAsync()
    {
        DeviceState next = DeviceState.Isolated;
        try
        {
            await ClearContextEntryAsync();
            await Function.ResetAsync();
            await DiscardPageRequestsAsync();
            next = DeviceState.Active;
        }
        finally
        {
            State = Function.IsPresent ? next : DeviceState.Removed;
        }
    }

    /// <summary>Writes the context entry, so that the function's requests reach its PASID table.</summary>
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

    /// <summary>Isolates a misbehaving function. On completion none of its requests can reach memory, even if another caller started the isolation.</summary>
    internal ValueTask IsolateAsync()
    {
        if (State is not DeviceState.Active)
            return new ValueTask(_isolation);
        State = Function.IsPresent ? DeviceState.Isolated : DeviceState.Removed;
        return ClearContextEntryAsync();
    }

    internal void FreeTables() => _pasids.Free();

    /// <summary>
    /// Writes the entry of a PASID. The entry is complete before its present bit is set. On a unit in caching mode, <see cref="InvalidateNotPresentAsync"/>
    /// must follow.
    /// </summary>
    /// <exception cref="IommuException">The PASID is already attached, the function cannot send it, or no memory is left. Nothing changed.</exception>
    internal void Attach(Pasid pasid, PasidEntry entry)
    {
        RequireActive();
        if (pasid > MaximumPasid)
            throw new IommuException(IommuError.PasidTooWide, $"{this} can send PASIDs up to {MaximumPasid}; {pasid} is above.");
        if (_attached.Contains(pasid))
            throw new IommuException(IommuError.Busy, $"PASID {pasid} of {this} is attached already. Detach it first.");
        if (pasid != RequestsWithoutPasid && !_acceptsPasids)
            throw new IommuException(IommuError.NotSupported, $"PASIDs of {this} are not enabled, or are being disabled. Enable them first.");
        _pasids.Set(pasid, entry);
        _attached.Add(pasid);
    }

    /// <summary>Invalidates the cached entry that is not present, in caching mode.</summary>
    /// <exception cref="IommuException">The unit does not work. The PASID stays attached, because hardware may have cached its entry.</exception>
    internal ValueTask InvalidateNotPresentAsync(Pasid pasid, PasidEntry entry) =>
        Unit.Capabilities.CachingMode ? FlushAsync(pasid, entry) : ValueTask.CompletedTask;

    /// <summary>
    /// Revokes a PASID. The present bit is cleared in one write, then all caches of the entry are invalidated, then the rest of the entry is cleared.
    /// </summary>
    /// <param name="pasid">The PASID. If it is not attached, or was revoked before, nothing happens.</param>
    /// <param name="suppressFaults">
    /// True if faults are not reported until the PASID is detached (FPD): the owner has ended, and the device does not know it yet.
    /// </param>
    internal async ValueTask RevokeAsync(Pasid pasid, bool suppressFaults)
    {
        PasidEntry entry = _pasids[pasid];
        if (!entry.Present)
            return;
        using DriverOperation? operation = DriverOperation.Start("revoke", this, pasid);
        _pasids.Revoke(pasid, suppressFaults);
        await FlushAsync(pasid, entry);
        _pasids.Clear(pasid, suppressFaults);
        operation?.Complete();
    }

    /// <summary>Detaches a PASID that was revoked and drained. It can be attached again.</summary>
    internal void Detach(Pasid pasid)
    {
        _pasids.Clear(pasid);
        _attached.Remove(pasid);
    }

    /// <summary>Appends the invalidation of a PASID's pages in the device TLB, if the device TLB is enabled.</summary>
    internal InvalidationBatch AppendDeviceTlbInvalidation(InvalidationBatch batch, Pasid pasid, DeviceTlbRange pages)
    {
        // An isolated device is not skipped here. The queue skips it, and waits until the isolation is complete.
        if (!DeviceTlbEnabled)
            return batch;
        return pasid == RequestsWithoutPasid ? batch.DeviceTlb(DeviceTlb, pages) : batch.DeviceTlb(DeviceTlb, pasid, pages);
    }

    /// <summary>Invalidates pages of a PASID in the device TLB, if the device TLB is enabled.</summary>
    internal ValueTask InvalidateDeviceTlbAsync(Pasid pasid, DeviceTlbRange pages)
    {
        InvalidationBatch batch = AppendDeviceTlbInvalidation(new InvalidationBatch(), pasid, pages);
        return batch.IsEmpty ? ValueTask.CompletedTask : Unit.Invalidations.RunAsync(batch);
    }

    /// <summary>Invalidates the entry and all translations of a PASID in the caches of the unit and of the device.</summary>
    private ValueTask FlushAsync(Pasid pasid, PasidEntry entry)
    {
        InvalidationBatch batch = new InvalidationBatch().Pasid(entry.DomainId, pasid);
        // Translations of a second stage are tagged by domain (VT-d 6.5.3.1, table of invalidations by change).
        if (entry.GrantType is PasidGrantType.SecondStage or PasidGrantType.Nested)
            batch.Domain(entry.DomainId);
        else
            batch.PasidTranslations(entry.DomainId, pasid);
        return Unit.Invalidations.RunAsync(AppendDeviceTlbInvalidation(batch, pasid, DeviceTlbRange.Everything));
    }

    private async ValueTask UpdateContextAsync(Func<ScalableContextEntry, ScalableContextEntry> change)
    {
        ScalableContextEntry context = Unit.Contexts[RequesterId];
        if (!context.Present)
            return;
        Unit.Contexts.SetFirstWord(RequesterId, change(context));
        await FlushContextAsync();
    }

    private ValueTask ClearContextEntryAsync()
    {
        Unit.Contexts.SetFirstWord(RequesterId, default);
        PageRequests.Refuse();
        _isolation = FlushContextAsync().AsTask();
        return new ValueTask(_isolation);
    }

    // After a reset the function counts its groups from 0 again. An earlier request must not become a part of a new group.
    private async ValueTask DiscardPageRequestsAsync()
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

    private IommuException Lacks(string features) =>
        new(IommuError.NotSupported, $"{this} or its unit {Unit} has no {features}.");

    internal void RequireActive()
    {
        if (State is not DeviceState.Active || _isDisposing || !Function.IsPresent)
            throw NotActive();
    }

    private void RequireResettable()
    {
        if (State is DeviceState.Removed or DeviceState.Resetting || _isDisposing)
            throw NotActive();
    }

    private IommuException NotActive() => State is DeviceState.Resetting
        ? new(IommuError.Busy, $"{this} is being reset. Try again when the reset is complete.")
        : new(IommuError.DeviceGone, $"{this} was removed, isolated or disposed ({State}). Reset it, or dispose its bonds and attachments.");
}
