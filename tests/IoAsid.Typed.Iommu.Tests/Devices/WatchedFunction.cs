using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A function that reports each change of its configuration. A removal is not reported.</summary>
internal sealed class WatchedFunction(EmulatedDmaEngine engine, Action<string> report) : IPciFunction, IPasidCapability, IAtsCapability, IPriCapability
{
    /// <summary>Gets or sets a value indicating whether the function was removed without notice.</summary>
    public bool IsGone { get; set; }

    /// <summary>The condition under which all page requests have their responses.</summary>
    public Func<bool> IsAnswered { get; set; } = () => true;

    public RequesterId RequesterId => engine.RequesterId;

    public bool IsPresent => !IsGone && engine.IsPresent;

    public bool BusMasterEnabled
    {
        get => engine.BusMasterEnabled;
        set => engine.BusMasterEnabled = value;
    }

    public IRegisterBlock Registers => engine.Registers;

    public IReadOnlyList<ICommandPortal> Portals => engine.Portals;

    public IPasidCapability? Pasid => engine.Pasid is null ? null : this;

    public IAtsCapability? Ats => engine.Ats is null ? null : this;

    public IPriCapability? Pri => engine.Pri is null ? null : this;

    int IPasidCapability.Width => engine.Pasid!.Width;

    bool IPasidCapability.ExecutePermissionSupported => engine.Pasid!.ExecutePermissionSupported;

    bool IPasidCapability.PrivilegedModeSupported => engine.Pasid!.PrivilegedModeSupported;

    bool IPasidCapability.Enabled
    {
        get => engine.Pasid!.Enabled;
        set
        {
            Report("PASIDs", value);
            engine.Pasid!.Enabled = value;
        }
    }

    int IAtsCapability.InvalidateQueueDepth => engine.Ats!.InvalidateQueueDepth;

    bool IAtsCapability.Enabled
    {
        get => engine.Ats!.Enabled;
        set
        {
            Report("ATS", value);
            engine.Ats!.Enabled = value;
        }
    }

    int IPriCapability.Capacity => engine.Pri!.Capacity;

    int IPriCapability.Allocation
    {
        get => engine.Pri!.Allocation;
        set => engine.Pri!.Allocation = value;
    }

    bool IPriCapability.ResponsePasidRequired => engine.Pri!.ResponsePasidRequired;

    bool IPriCapability.Enabled
    {
        get => engine.Pri!.Enabled;
        set
        {
            Report("PRI", value);
            engine.Pri!.Enabled = value;
        }
    }

    bool IPriCapability.Stopped => IsAnswered() && engine.Pri!.Stopped;

    bool IPriCapability.UnexpectedGroupIndex => engine.Pri!.UnexpectedGroupIndex;

    bool IPriCapability.ResponseFailure => engine.Pri!.ResponseFailure;

    void IPriCapability.Reset()
    {
        report("PRI reset");
        engine.Pri!.Reset();
    }

    public void SetInterrupt(int entry, InterruptMessage? message) => engine.SetInterrupt(entry, message);

    public ValueTask ResetAsync(CancellationToken cancellationToken = default)
    {
        report("reset");
        return engine.ResetAsync(cancellationToken);
    }

    private void Report(string feature, bool isEnabled) => report($"{feature} {(isEnabled ? "on" : "off")}");
}
