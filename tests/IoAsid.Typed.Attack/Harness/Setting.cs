namespace IoAsid.Typed.Attack.Harness;

/// <summary>The setting of an arena's spaces. Each setting takes other paths through the SDK.</summary>
/// <param name="Observed">Whether the events of all ids are recorded.</param>
/// <param name="Options">The options of the spaces under attack.</param>
/// <param name="Crowded">Whether further roots have an id each, so that the roots under attack start with small tables, which grow and shrink during the attack.</param>
internal sealed record Setting(string Name, bool Observed, IoAsidSpaceOptions Options, bool Crowded = false)
{
    /// <summary>More numbers than a page of the SDK's tables has.</summary>
    private static readonly IoAsidSpaceOptions SeveralPages = new() { Capacity = 3 * 1024 };

    private static readonly IoAsidSpaceOptions Plain = new() { Capacity = 128 };
    private static readonly IoAsidSpaceOptions Relaxed = new() { Capacity = 256, ReusePolicy = IoAsidReusePolicy.Relaxed };
    private static readonly IoAsidSpaceOptions TrackedAndCyclic = new() { Capacity = 128, TrackHolders = true, ReusePolicy = IoAsidReusePolicy.Cyclic };

    /// <summary>The settings for races of two members. Their small spaces fill up.</summary>
    public static readonly Setting[] Small =
    [
        new("plain", Observed: false, Plain),
        new("observed", Observed: true, Plain),
        new("tracked and cyclic", Observed: false, TrackedAndCyclic),
        new("observed, tracked and cyclic", Observed: true, TrackedAndCyclic),
    ];

    public static readonly Setting[] All = [.. Small, new("relaxed order", Observed: false, Relaxed), new("several pages", Observed: false, SeveralPages), new("several pages, observed", Observed: true, SeveralPages), new("several pages, crowded", Observed: false, SeveralPages, Crowded: true)];

    public override string ToString() => Name;
}
