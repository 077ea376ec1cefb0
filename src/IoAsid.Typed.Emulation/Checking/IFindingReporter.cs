using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The receiver of the findings of the parts of a checker.</summary>
internal interface IFindingReporter
{
    /// <summary>Adds a finding at the current virtual time.</summary>
    void Report(FindingKind kind, RequesterId requester, PasidPrefix prefix, ulong address, bool isHarmful, string text, string cause);
}
