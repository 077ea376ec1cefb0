using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>How a device, its context entry and the entry of a PASID stand each time that the unit is told of invalidations: what order a change has.</summary>
internal sealed class DeviceTrace : IProcessorObserver, IDisposable
{
    private readonly IommuBench _bench;
    private readonly IommuDevice _device;
    private readonly Pasid _pasid;
    private readonly IDisposable _subscription;
    private readonly List<string> _seen = [];

    public DeviceTrace(IommuBench bench, Pasid? pasid = null, int device = 0)
    {
        _bench = bench;
        _device = bench.Devices[device];
        _pasid = pasid ?? new Pasid(1);
        _subscription = bench.Machine.Bus.Observe(this);
    }

    /// <summary>What the unit lets through, what the function has enabled, how the entry is: P, A and R for PASID, ATS and PRI.</summary>
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
            return ((first & 1) != 0 ? "present" : isEmpty ? "empty" : "revoked") + ((first & 2) != 0 ? ", silent" : "");
        }
    }

    /// <summary>What was seen since the last time; what is the same as before is not said again.</summary>
    public string[] Take()
    {
        string[] seen = [.. _seen];
        _seen.Clear();
        return seen;
    }

    public void RegisterWritten(string block, uint offset, int size, ulong value)
    {
        if (offset == RegisterOffsets.InvalidationQueueTail && (_seen.Count == 0 || _seen[^1] != State))
            _seen.Add(State);
    }

    public void Dispose() => _subscription.Dispose();

    private static string Letters(bool pasid, bool ats, bool pri)
    {
        string letters = (pasid ? "P" : "") + (ats ? "A" : "") + (pri ? "R" : "");
        return letters.Length == 0 ? "-" : letters;
    }

    private ulong Word(ulong address) => _bench.Machine.PhysicalMemory.ReadUInt64(address);
}
