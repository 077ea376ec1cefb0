namespace IoAsid.Typed.Observation;

/// <summary>The observers of one set, of one owner or of the space. Guarded by the lock of the <see cref="ObserverTable"/>.</summary>
internal sealed class ObserverGroup(object? owner = null)
{
    /// <summary>The owner's token, if the group is that of an owner.</summary>
    public object? Owner { get; } = owner;

    public HashSet<IoAsidObserverRegistration> Members { get; } = [];
}
