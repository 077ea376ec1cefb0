namespace IoAsid.Typed.Vtd;

/// <summary>Sizes of the tables that hardware walks, and the numbers of bits and levels of a walk.</summary>
public static class TranslationTables
{
    /// <summary>The size of each table except a PASID directory, in bytes, and the alignment of all tables.</summary>
    public const int TableSize = 4096;

    /// <summary>Entries of a root table: one for each bus.</summary>
    public const int RootEntries = 256;

    /// <summary>Entries of a legacy context table: one for each device and function.</summary>
    public const int ContextEntries = 256;

    /// <summary>Entries of a scalable-mode context table: half the devices and functions of a bus.</summary>
    public const int ScalableContextEntries = 128;

    /// <summary>Entries of a PASID table.</summary>
    public const int PasidTableEntries = 64;

    /// <summary>Entries of a first-stage or second-stage table.</summary>
    public const int PagingEntries = 512;

    /// <summary>Bits of the input address that select an entry of one level.</summary>
    public const int BitsPerLevel = 9;

    /// <summary>Returns the lowest bit of the input address that level <paramref name="level"/> translates: 12 for level 1.</summary>
    /// <param name="level">1 for the level of 4 KiB pages, up to 5.</param>
    public static int ShiftOf(int level) => 3 + (BitsPerLevel * level);

    /// <summary>Returns the size of a page that a leaf of level <paramref name="level"/> maps, in bytes: 4 KiB, 2 MiB, 1 GiB.</summary>
    public static ulong PageSizeOf(int level) => 1UL << ShiftOf(level);

    /// <summary>Returns the number of bits of an input address: 30 + 9 for each step of the encoding. Meant for widths that the unit supports.</summary>
    public static int Bits(this AddressWidth width) => 30 + (BitsPerLevel * (int)width);

    /// <summary>Returns the number of levels of a walk. Meant for widths that the unit supports.</summary>
    public static int Levels(this AddressWidth width) => 2 + (int)width;

    /// <summary>Returns the index of the entry of an input address in a table of level <paramref name="level"/>.</summary>
    public static int IndexOf(ulong address, int level) => (int)(address >> ShiftOf(level)) & (PagingEntries - 1);
}
