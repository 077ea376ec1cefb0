using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>A memory request of a device, without its data.</summary>
/// <param name="Requester">The requester id.</param>
/// <param name="Address">The address of the first byte.</param>
/// <param name="Access">The kind of access.</param>
/// <param name="Prefix">The PASID prefix, or the default for a request without PASID.</param>
/// <param name="IsTranslated">True if the address is from a translation completion (address type 10b).</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DmaRequest(
    RequesterId Requester, ulong Address, DmaAccess Access, PasidPrefix Prefix = default, bool IsTranslated = false);
