using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>Something that went wrong on the machine, though each part did what it was told.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Time">When it was seen.</param>
/// <param name="Requester">The device.</param>
/// <param name="Prefix">The PASID.</param>
/// <param name="Address">The address, or the page request group.</param>
/// <param name="IsHarmful">
/// Whether it did harm: since the tables changed, a processor has written to the page, or another address was translated to it. A stale translation to a
/// page that nobody uses yet does none: correct software meets it every day, between the change and the end of its invalidation.
/// </param>
/// <param name="Text">What happened, in words.</param>
/// <param name="Cause">The event that made it wrong, in words.</param>
public sealed record Finding(
    FindingKind Kind, TimeSpan Time, RequesterId Requester, PasidPrefix Prefix, ulong Address, bool IsHarmful, string Text, string Cause)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Time.TotalMicroseconds:0.0} us: {Text}. {Cause}.";
}
