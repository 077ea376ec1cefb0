namespace IoAsid.Typed.Iommu;

/// <summary>
/// A reference to the structure of a process's address space (mm_count). It keeps the object with its name and its counts valid. It does not keep the pages.
/// </summary>
internal sealed class AddressSpaceReference : IDisposable
{
    private SingleUse<ProcessAddressSpace> _held;

    public AddressSpaceReference(ProcessAddressSpace addressSpace)
    {
        AddressSpace = addressSpace;
        _held = new(addressSpace);
    }

    /// <summary>The address space.</summary>
    public ProcessAddressSpace AddressSpace { get; }

    /// <summary>Releases the reference (mmdrop). A second disposal does nothing.</summary>
    public void Dispose() => _held.Take()?.ReleaseReference();
}
