using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>A device that uses a domain for one of its PASIDs.</summary>
/// <param name="Device">The device.</param>
/// <param name="Pasid">The PASID; <see cref="IommuDevice.RequestsWithoutPasid"/> for requests that carry none.</param>
/// <param name="IsNested">Whether a guest's first stage lies on top: the device then knows guest addresses, and none of this domain's.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DomainUse(IommuDevice Device, Pasid Pasid, bool IsNested)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Device} (PASID {Pasid})";
}
