using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// The states of a device, its context entry and the entry of a PASID at each submission of invalidation descriptors. They show the order of a change.
/// </summary>
internal sealed class DeviceTrace : IProcessorObserver, IDisposable
{
    private readonly IommuFixture _fixture;
    private readonly IommuDevice _device;
    private readonly Pasid _pasid;
    private readonly IDisposable _subscription;
    private readonly List<string> _states = [];

    public DeviceTrace(IommuFixture fixture, Pasid? pasid = null, int device = 0)
    {
        _fixture = fixture;
        _device = fixture.Devices[device];
        _pasid = pasid ?? new Pasid(1);
        _subscription = fixture.Machine.Bus.Observe(this);
    }

    /// <summary>
    /// The present state: the features that the unit allows (P, A and R for PASID, ATS and PRI), those that the function has enabled, and the entry.
    /// </summary>
    public string State => $"unit {Letters(Context.PasidEnable, Context.DeviceTlbEnable, Context.PageRequestEnable)}"
        + $", device {Letters(_device.PasidEnabled, _device.DeviceTlbEnabled, _device.PageRequestsEnabled)}, entry {Entry}";

    private ScalableContextEntry Context => _device.Unit.Contexts[_device.RequesterId];

    private string Entry
    {
        get
        {
            ulong directory = Word(Context.PasidDirectory + _pasid.Value / 64 * 8);
            if (!Context.Present || (directory & 1) == 0)
                return "none";
            ulong at = (directory & ~0xFFFUL) + _pasid.Value % 64 * 64;
            ulong first = Word(at);
            bool isEmpty = Enumerable.Range(0, 8).All(word => (Word(at + (ulong)word * 8) & ~2UL) == 0);
            return ((first & 1) != 0 ? "present" : isEmpty ? "empty" : "revoked") + ((first & 2) != 0 ? ", faults suppressed" : "");
        }
    }

    /// <summary>Returns the states since the last call. Consecutive equal states are one.</summary>
    public string[] Take()
    {
        string[] states = [.. _states];
        _states.Clear();
        return states;
    }

    public void RegisterWritten(string block, uint offset, int size, ulong value)
    {
        if (offset == RegisterOffsets.InvalidationQueueTail && (_states.Count == 0 || _states[^1] != State))
            _states.Add(State);
    }

    public void Dispose() => _subscription.Dispose();

    private static string Letters(bool pasid, bool ats, bool pri)
    {
        string letters = (pasid ? "P" : "") + (ats ? "A" : "") + (pri ? "R" : "");
        return letters.Length == 0 ? "-" : letters;
    }

    private ulong Word(ulong address) => _fixture.Machine.PhysicalMemory.ReadUInt64(address);
}
