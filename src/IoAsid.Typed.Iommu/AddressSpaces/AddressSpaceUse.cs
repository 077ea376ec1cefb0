namespace IoAsid.Typed.Iommu;

/// <summary>
/// One user of a process's memory (mm_users): as long as it is held the pages and tables stay, also if the process exits. Hold it for the time of
/// one operation only, and never while waiting for the exit itself.
/// </summary>
public sealed class AddressSpaceUse : IDisposable
{
    private SingleUse<ProcessAddressSpace> _held;

    internal AddressSpaceUse(ProcessAddressSpace addressSpace)
    {
        AddressSpace = addressSpace;
        _held = new(addressSpace);
    }

    /// <summary>Whose memory it is.</summary>
    public ProcessAddressSpace AddressSpace { get; }

    /// <summary>Releases it; more than once does nothing (mmput).</summary>
    public void Dispose() => _held.Take()?.ReleaseUse();
}
