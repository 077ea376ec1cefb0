namespace IoAsid.Typed.Iommu;

/// <summary>A run of guest-physical addresses with memory of the host behind it.</summary>
internal sealed record GuestMemoryRegion(AddressRange Range, ulong Physical, MemoryRights Rights);
