using System.Runtime.InteropServices;

namespace IoAsid.Typed.Iommu;

/// <summary>A page that a device asks for.</summary>
/// <param name="Address">An address in the page, a multiple of 4096.</param>
/// <param name="Rights">What it wants to do there.</param>
/// <param name="Privileged">Whether it asks in privileged mode.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PageRequest(ulong Address, MemoryRights Rights, bool Privileged);
