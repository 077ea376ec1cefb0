using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>An error that a <see cref="UnitChecker"/> found and that no single part of the machine can detect.</summary>
/// <param name="Kind">The kind of error.</param>
/// <param name="Time">The virtual time of the detection.</param>
/// <param name="Requester">The requester id of the device.</param>
/// <param name="Prefix">The PASID prefix of the request.</param>
/// <param name="Address">The address, or the page request group index.</param>
/// <param name="IsHarmful">
/// True if the error did harm: since the tables changed, a processor has written to the page, or another address was translated to the page. A stale
/// translation of an unused page does no harm. Correct software causes it regularly, between the change of a table and the completion of the invalidation.
/// </param>
/// <param name="Text">The description of the error.</param>
/// <param name="Cause">The description of the event that caused the error.</param>
public sealed record Finding(
    FindingKind Kind, TimeSpan Time, RequesterId Requester, PasidPrefix Prefix, ulong Address, bool IsHarmful, string Text, string Cause)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Time.TotalMicroseconds:0.0} us: {Text}. {Cause}.";
}
