using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>A page request (PCIe, Page Request Message), posted upstream. Last with neither right asked for is a stop marker, which is not answered.</summary>
/// <param name="Requester">Who asks.</param>
/// <param name="Address">The untranslated address; its low 12 bits are not sent.</param>
/// <param name="GroupIndex">The page request group, 0 to 511.</param>
/// <param name="Read">Read access is asked for.</param>
/// <param name="Write">Write access is asked for.</param>
/// <param name="IsLast">The last request of its group: the group is answered now.</param>
/// <param name="Prefix">The PASID, if it has one.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PageRequestMessage(
    RequesterId Requester, ulong Address, int GroupIndex, bool Read, bool Write, bool IsLast, PasidPrefix Prefix = default)
{
    /// <summary>Whether this only says that no more requests with this PASID will come.</summary>
    public bool IsStopMarker => IsLast && !Read && !Write;
}
