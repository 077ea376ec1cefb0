namespace IoAsid.Typed.Iommu;

/// <summary>How the entries of a stage's tables look. In both stages a table has 512 entries of 8 bytes, and zero is an entry that is not used.</summary>
internal interface IPagingFormat
{
    /// <summary>An entry that points to a table and takes no rights away.</summary>
    ulong Link(ulong table);

    /// <summary>An entry that maps a page.</summary>
    ulong Leaf(ulong page, int level, MemoryRights rights);

    /// <summary>The same leaf with other rights: page, accessed and dirty are kept.</summary>
    ulong WithRights(ulong leaf, MemoryRights rights);

    /// <summary>The leaf of the next level that maps one of the 512 pieces of a leaf's page, with the same rights, accessed and dirty.</summary>
    ulong Piece(ulong leaf, int level, int index);

    /// <summary>Whether an entry maps a page.</summary>
    bool IsLeaf(ulong entry, int level);

    /// <summary>The physical address of the page a leaf maps.</summary>
    ulong PageOf(ulong leaf, int level);

    /// <summary>The physical address of the table an entry points to.</summary>
    ulong TableOf(ulong link);
}
