namespace IoAsid.Typed.Emulation;

/// <summary>Observes walks that begin at a cached entry of an upper level.</summary>
internal interface IStructureObserver
{
    /// <summary>A walk begins at the table of a cached entry.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="isFirstStage">Whether the entry is of the first stage.</param>
    /// <param name="input">The input address of the stage.</param>
    /// <param name="level">The level of the entry.</param>
    /// <param name="structure">The entry.</param>
    void Used(in AddressSpaceContext space, bool isFirstStage, ulong input, int level, in CachedStructure structure);
}
