using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>An ATS translation request (PCIe, Translation Request): address type 01b.</summary>
/// <param name="Requester">Who asks.</param>
/// <param name="Address">The untranslated address of the first page.</param>
/// <param name="Pages">How many consecutive 4 KiB pages are asked for, 1 or more; the answer may cover fewer.</param>
/// <param name="NoWrite">Write permission is not needed (NW): the page need not become dirty.</param>
/// <param name="Prefix">The PASID, if it has one.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TranslationRequest(
    RequesterId Requester, ulong Address, int Pages, bool NoWrite, PasidPrefix Prefix = default);
