using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>Something that went wrong on the machine, though each part did what it was told.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Time">When it was seen.</param>
/// <param name="Requester">The device.</param>
/// <param name="Prefix">The PASID.</param>
/// <param name="Address">The address, or the page request group.</param>
/// <param name="IsHarmful">
/// Whether it did harm that is certain: the page belonged to another use by then. A stale translation does none between the change of the tables and
/// the end of its invalidation: correct software meets it every day.
/// </param>
/// <param name="Text">What happened, in words.</param>
/// <param name="Cause">The event that made it wrong, in words.</param>
public sealed record Finding(
    FindingKind Kind, TimeSpan Time, RequesterId Requester, PasidPrefix Prefix, ulong Address, bool IsHarmful, string Text, string Cause)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Time.TotalMicroseconds:0.0} us: {Text}. {Cause}.";
}
