using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>A memory request as a device puts it on the fabric, without its data.</summary>
/// <param name="Requester">Who asks.</param>
/// <param name="Address">The address of the first byte.</param>
/// <param name="Access">What it does.</param>
/// <param name="Prefix">The PASID, if it has one.</param>
/// <param name="IsTranslated">Whether the address came from a translation completion (address type 10b), and is physical.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DmaRequest(
    RequesterId Requester, ulong Address, DmaAccess Access, PasidPrefix Prefix = default, bool IsTranslated = false);
