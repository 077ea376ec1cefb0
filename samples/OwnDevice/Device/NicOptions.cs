using IoAsid.Typed.Emulation;

namespace OwnDevice;

/// <summary>The size of a network card.</summary>
public sealed record NicOptions : FunctionOptions
{
    /// <summary>The number of descriptors in a ring: a power of two, up to 256, which fill a page.</summary>
    public int RingEntries { get; init; } = 16;

    /// <inheritdoc/>
    protected override IEnumerable<string> Objections()
    {
        foreach (string objection in base.Objections())
            yield return objection;
        if (RingEntries is < 1 or > 256 || !int.IsPow2(RingEntries))
            yield return $"{nameof(RingEntries)} is {RingEntries}: it must be a power of two from 1 to 256.";
    }
}
