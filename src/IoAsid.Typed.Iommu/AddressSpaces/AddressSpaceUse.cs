namespace IoAsid.Typed.Iommu;

/// <summary>
/// One user of a process's memory (mm_users). While it is held, pages and tables stay, even if the process exits. Hold it for the time of one operation only,
/// and never while waiting for the exit.
/// </summary>
internal sealed class AddressSpaceUse : IDisposable
{
    private SingleUse<ProcessAddressSpace> _held;

    public AddressSpaceUse(ProcessAddressSpace addressSpace)
    {
        AddressSpace = addressSpace;
        _held = new(addressSpace);
    }

    /// <summary>The address space.</summary>
    public ProcessAddressSpace AddressSpace { get; }

    /// <summary>Releases the use (mmput). A second disposal does nothing.</summary>
    public void Dispose() => _held.Take()?.ReleaseUse();
}
