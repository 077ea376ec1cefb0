using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>An engine of which every change of its configuration is told. Nobody is told when it is gone.</summary>
internal sealed class WatchedFunction(EmulatedDmaEngine engine, Action<string> tell) : IPciFunction, IPasidCapability, IAtsCapability, IPriCapability
{
    /// <summary>Whether it was pulled out and nobody has noticed.</summary>
    public bool IsGone { get; set; }

    /// <summary>Until when answers to page requests are missing.</summary>
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
            Tell("PASIDs", value);
            engine.Pasid!.Enabled = value;
        }
    }

    int IAtsCapability.InvalidateQueueDepth => engine.Ats!.InvalidateQueueDepth;

    bool IAtsCapability.Enabled
    {
        get => engine.Ats!.Enabled;
        set
        {
            Tell("ATS", value);
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
            Tell("PRI", value);
            engine.Pri!.Enabled = value;
        }
    }

    bool IPriCapability.Stopped => IsAnswered() && engine.Pri!.Stopped;

    bool IPriCapability.UnexpectedGroupIndex => engine.Pri!.UnexpectedGroupIndex;

    bool IPriCapability.ResponseFailure => engine.Pri!.ResponseFailure;

    void IPriCapability.Reset()
    {
        tell("PRI reset");
        engine.Pri!.Reset();
    }

    public void SetInterrupt(int entry, InterruptMessage? message) => engine.SetInterrupt(entry, message);

    public ValueTask ResetAsync(CancellationToken cancellationToken = default)
    {
        tell("reset");
        return engine.ResetAsync(cancellationToken);
    }

    private void Tell(string what, bool isEnabled) => tell($"{what} {(isEnabled ? "on" : "off")}");
}
