namespace IoAsid.Typed.Iommu;

/// <summary>A mapping of guest-physical addresses to memory of the host.</summary>
internal sealed record GuestMemoryRegion(AddressRange Range, ulong Physical, MemoryRights Rights);
