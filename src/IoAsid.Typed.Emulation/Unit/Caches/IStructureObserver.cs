namespace IoAsid.Typed.Emulation;

/// <summary>An observer of walks that begin at an entry of a paging-structure cache.</summary>
internal interface IStructureObserver
{
    /// <summary>Receives a walk that begins at the table of a cached entry.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="isFirstStage">True for an entry of the first stage, false for the second stage.</param>
    /// <param name="input">The input address of the stage.</param>
    /// <param name="level">The level of the entry.</param>
    /// <param name="structure">The entry.</param>
    void Used(in AddressSpaceContext space, bool isFirstStage, ulong input, int level, in CachedStructure structure);
}
