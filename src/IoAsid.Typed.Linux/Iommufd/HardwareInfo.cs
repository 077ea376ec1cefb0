namespace IoAsid.Typed.Linux;

/// <summary>The capabilities of the IOMMU in front of a device.</summary>
public sealed record HardwareInfo
{
    /// <summary>The kind of IOMMU, which determines the format of <see cref="Data"/>.</summary>
    public required IommuKind Kind { get; init; }

    /// <summary>The number of bits of PASIDs that device and IOMMU support; 0 if PASIDs cannot be used.</summary>
    public required int PasidBits { get; init; }

    /// <summary>The features that device and IOMMU support.</summary>
    public required IommuCapabilities Capabilities { get; init; }

    /// <summary>The registers of the IOMMU in the format of its driver (<c>struct iommu_hw_info_vtd</c> and so on).</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The number of PASIDs that the device can use: the largest capacity of a space whose ids are attached to it. 0 if it has none.</summary>
    public long PasidCapacity => PasidBits == 0 ? 0 : 1L << PasidBits;

    /// <summary>Tries to return the capability registers of a VT-d unit.</summary>
    /// <param name="capability">The Capability Register (VT-d 11.4.2).</param>
    /// <param name="extendedCapability">The Extended Capability Register (VT-d 11.4.3).</param>
    /// <returns>True if the IOMMU is a VT-d unit; false if not.</returns>
    public bool TryGetVtd(out ulong capability, out ulong extendedCapability)
    {
        bool isVtd = Kind == IommuKind.IntelVtd && Data.Length >= 24;
        capability = isVtd ? BitConverter.ToUInt64(Data.Span[8..]) : 0;
        extendedCapability = isVtd ? BitConverter.ToUInt64(Data.Span[16..]) : 0;
        return isVtd;
    }
}
