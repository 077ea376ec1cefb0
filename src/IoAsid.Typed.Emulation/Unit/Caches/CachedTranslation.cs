using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>What a walk found out, as the IOTLB remembers it.</summary>
/// <param name="Output">The address the page is translated to, aligned to the page.</param>
/// <param name="PageShift">Binary logarithm of the size of the page in bytes: of the smaller one where two stages took part.</param>
/// <param name="FirstStageShift">Of the size of the first stage's page, 0 without a first stage. An invalidation of any part of it drops every piece.</param>
/// <param name="Rights">What may be done with the page.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CachedTranslation(ulong Output, byte PageShift, byte FirstStageShift, PageRights Rights)
{
    /// <summary>Whether it is a piece of a larger page of the first stage.</summary>
    public bool IsPiece => FirstStageShift > PageShift;

    /// <summary>Whether two stages took part.</summary>
    public bool IsNested => Rights.Has(PageRights.Nested);
}
