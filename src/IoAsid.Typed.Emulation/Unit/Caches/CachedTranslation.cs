using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>A translation as the IOTLB holds it: where it leads, what it allows, and what invalidations select it by.</summary>
/// <param name="Output">The address the page is translated to, aligned to the page.</param>
/// <param name="Pasid">The PASID of the tables: that of the request, or RID_PASID; 0 in legacy mode.</param>
/// <param name="Domain">The domain id of the tables.</param>
/// <param name="PageShift">Binary logarithm of the size of the page in bytes: of the smaller one where two stages took part.</param>
/// <param name="FirstStageShift">Of the size of the first stage's page, 0 without a first stage. An invalidation of any part of it drops every piece.</param>
/// <param name="Rights">What may be done with the page.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CachedTranslation(ulong Output, Pasid Pasid, DomainId Domain, byte PageShift, byte FirstStageShift, PageRights Rights)
{
    /// <summary>Whether a first stage took part, alone or nested.</summary>
    public bool HasFirstStage => FirstStageShift != 0;

    /// <summary>Whether it is a piece of a larger page of the first stage.</summary>
    public bool IsPiece => FirstStageShift > PageShift;

    /// <summary>Whether no tables translated: the output is the input.</summary>
    public bool IsPassThrough => Rights.Has(PageRights.PassThrough);
}
