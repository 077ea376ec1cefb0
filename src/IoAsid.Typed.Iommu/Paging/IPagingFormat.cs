namespace IoAsid.Typed.Iommu;

/// <summary>The format of the entries of one stage. In both stages a table has 512 entries of 8 bytes, and an entry of 0 is not used.</summary>
internal interface IPagingFormat
{
    /// <summary>Returns an entry that points to a table and allows all rights.</summary>
    ulong Link(ulong table);

    /// <summary>Returns a leaf, which maps a page.</summary>
    ulong Leaf(ulong page, int level, MemoryRights rights);

    /// <summary>Returns a leaf with other rights. Page, accessed and dirty bit are kept.</summary>
    ulong WithRights(ulong leaf, MemoryRights rights);

    /// <summary>Returns the leaf of the next lower level that maps one of the 512 parts of a page, with the same rights, accessed and dirty bit.</summary>
    ulong Piece(ulong leaf, int level, int index);

    /// <summary>Returns true if an entry maps a page.</summary>
    bool IsLeaf(ulong entry, int level);

    /// <summary>Returns the physical address of the page of a leaf.</summary>
    ulong PageOf(ulong leaf, int level);

    /// <summary>Returns the physical address of the table that an entry points to.</summary>
    ulong TableOf(ulong link);
}
