using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>The address space of an access.</summary>
/// <param name="Prefix">The PASID prefix, or the default for requests without PASID.</param>
/// <param name="MayBlock">True to request absent pages and wait for the response.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DmaSpace(PasidPrefix Prefix, bool MayBlock = false);
