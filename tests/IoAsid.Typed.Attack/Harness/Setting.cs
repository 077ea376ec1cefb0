namespace IoAsid.Typed.Attack.Harness;

/// <summary>The setting of an arena's spaces. Each setting takes other ways through the SDK.</summary>
/// <param name="Observed">Whether the events of all ids are recorded.</param>
/// <param name="Options">The options of the spaces under attack.</param>
internal sealed record Setting(string Name, bool Observed, IoAsidSpaceOptions Options)
{
    private static readonly IoAsidSpaceOptions Plain = new() { Capacity = 128 };
    private static readonly IoAsidSpaceOptions TrackedAndCyclic = new() { Capacity = 128, TrackHolders = true, ReusePolicy = IoAsidReusePolicy.Cyclic };

    public static readonly Setting[] All =
    [
        new("plain", Observed: false, Plain),
        new("observed", Observed: true, Plain),
        new("tracked and cyclic", Observed: false, TrackedAndCyclic),
        new("observed, tracked and cyclic", Observed: true, TrackedAndCyclic),
    ];

    public override string ToString() => Name;
}
