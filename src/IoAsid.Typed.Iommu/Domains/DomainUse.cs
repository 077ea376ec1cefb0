using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>The use of a domain by a device for one of its PASIDs.</summary>
/// <param name="Device">The device.</param>
/// <param name="Pasid">The PASID, or <see cref="IommuDevice.RequestsWithoutPasid"/> for requests without PASID.</param>
/// <param name="IsNested">True if a guest's first stage lies on top. The device TLB then caches guest addresses, and no addresses of this domain.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DomainUse(IommuDevice Device, Pasid Pasid, bool IsNested)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Device} (PASID {Pasid})";
}
