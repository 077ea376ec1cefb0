using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>An ATS translation request (PCIe, Translation Request): address type 01b.</summary>
/// <param name="Requester">The requester id.</param>
/// <param name="Address">The untranslated address of the first page.</param>
/// <param name="Pages">The number of consecutive 4 KiB pages, 1 or more. The completion can cover fewer.</param>
/// <param name="NoWrite">NW: write permission is not requested, so the page does not become dirty.</param>
/// <param name="Prefix">The PASID prefix, or the default for a request without PASID.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TranslationRequest(
    RequesterId Requester, ulong Address, int Pages, bool NoWrite, PasidPrefix Prefix = default);
