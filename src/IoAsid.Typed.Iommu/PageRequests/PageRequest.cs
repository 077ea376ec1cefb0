using System.Runtime.InteropServices;

namespace IoAsid.Typed.Iommu;

/// <summary>A page request of a device.</summary>
/// <param name="Address">An address in the page, a multiple of 4096.</param>
/// <param name="Rights">The requested rights.</param>
/// <param name="Privileged">True if the device requests privileged mode.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PageRequest(ulong Address, MemoryRights Rights, bool Privileged);
