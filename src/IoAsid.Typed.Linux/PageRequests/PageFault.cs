using System.Runtime.InteropServices;

namespace IoAsid.Typed.Linux;

/// <summary>A page that a device requests.</summary>
/// <param name="Address">The address, in the address space of the request.</param>
/// <param name="Rights">What the device wants to do with the page.</param>
/// <param name="Length">The number of bytes that the device expects to use from the address on; 0 if the device does not report it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PageFault(ulong Address, PageFaultRights Rights, uint Length = 0);
