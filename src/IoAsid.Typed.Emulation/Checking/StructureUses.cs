namespace IoAsid.Typed.Emulation;

/// <summary>The walks of the last request that began at an entry of a paging-structure cache.</summary>
internal sealed class StructureUses : IStructureObserver, IDisposable
{
    private readonly List<StructureUse> _uses = [];
    private StructureCache?[] _caches = [];

    /// <summary>Starts to observe the paging-structure caches of a unit.</summary>
    public void Observe(UnitCaches caches)
    {
        _caches = [caches.FirstStageStructures, caches.SecondStageStructures];
        SetObserver(this);
    }

    /// <inheritdoc/>
    public void Used(in AddressSpaceContext space, bool isFirstStage, ulong input, int level, in CachedStructure structure) =>
        _uses.Add(new StructureUse(space, isFirstStage, input, level, structure));

    /// <summary>Removes and returns the uses since the last call.</summary>
    public IReadOnlyList<StructureUse> Take()
    {
        if (_uses.Count == 0)
            return [];
        StructureUse[] taken = [.. _uses];
        _uses.Clear();
        return taken;
    }

    /// <inheritdoc/>
    public void Dispose() => SetObserver(null);

    private void SetObserver(IStructureObserver? observer)
    {
        foreach (StructureCache? cache in _caches)
        {
            if (cache is not null)
                cache.Observer = observer;
        }
    }
}
