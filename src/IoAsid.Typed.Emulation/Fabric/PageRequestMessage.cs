using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>A page request (PCIe, Page Request Message), posted upstream. The last request of a group without read and write is a stop marker. It gets no response.</summary>
/// <param name="Requester">The requester id.</param>
/// <param name="Address">The untranslated address. Its low 12 bits are not sent.</param>
/// <param name="GroupIndex">The page request group index. Only its low 9 bits are sent.</param>
/// <param name="Read">True if read access is requested.</param>
/// <param name="Write">True if write access is requested.</param>
/// <param name="IsLast">True if the request is the last of its group. The group gets one response.</param>
/// <param name="Prefix">The PASID prefix, or the default for a request without PASID.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PageRequestMessage(
    RequesterId Requester, ulong Address, int GroupIndex, bool Read, bool Write, bool IsLast, PasidPrefix Prefix = default)
{
    private const int GroupIndexMask = 0x1FF;

    /// <summary>The page request group index, 0 to 511.</summary>
    public int GroupIndex { get; init; } = GroupIndex & GroupIndexMask;

    /// <summary>Gets a value indicating whether the message is a stop marker: no more requests with the PASID follow.</summary>
    public bool IsStopMarker => IsLast && !Read && !Write;
}
