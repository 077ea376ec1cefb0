namespace IoAsid.Typed.Iommu;

/// <summary>
/// A reference to the structure of a process's address space (mm_count): it keeps the object meaningful, its name and its counts, not its pages.
/// </summary>
public sealed class AddressSpaceReference : IDisposable
{
    private SingleUse<ProcessAddressSpace> _held;

    internal AddressSpaceReference(ProcessAddressSpace addressSpace)
    {
        AddressSpace = addressSpace;
        _held = new(addressSpace);
    }

    /// <summary>What is referred to.</summary>
    public ProcessAddressSpace AddressSpace { get; }

    /// <summary>Releases it; more than once does nothing (mmdrop).</summary>
    public void Dispose() => _held.Take()?.Drop();
}
