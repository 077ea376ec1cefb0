using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>The address space of an access.</summary>
/// <param name="Prefix">Its PASID, if it has one.</param>
/// <param name="MayBlock">Whether pages that are not there are asked for and waited for.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DmaSpace(PasidPrefix Prefix, bool MayBlock = false);
