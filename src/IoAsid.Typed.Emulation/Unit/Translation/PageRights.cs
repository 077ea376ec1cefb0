namespace IoAsid.Typed.Emulation;

/// <summary>The rights of a translation, and the state of its leaf entries.</summary>
[Flags]
internal enum PageRights : byte
{
    None = 0,

    /// <summary>The page can be read.</summary>
    Read = 1 << 0,

    /// <summary>The page can be written.</summary>
    Write = 1 << 1,

    /// <summary>Supervisor requests can write the page. A read-only entry allows it if WPE is clear.</summary>
    SupervisorWrite = 1 << 2,

    /// <summary>User requests can use the page (U/S). The flag is always set without a first stage.</summary>
    User = 1 << 3,

    /// <summary>D is set in the leaf of each stage that has dirty bits. A write needs no update.</summary>
    Dirty = 1 << 4,

    /// <summary>No tables translate. The output is the input, and all rights are granted.</summary>
    PassThrough = 1 << 5,

    /// <summary>User execute requests are blocked (XD; revision 3 only).</summary>
    NoExecute = 1 << 6,

    /// <summary>Supervisor execute requests are blocked (XD, or SMEP; revision 3 only).</summary>
    SupervisorNoExecute = 1 << 7,
}

/// <summary>The query of <see cref="PageRights"/>.</summary>
internal static class PageRightsExtensions
{
    /// <summary>Returns true if a flag is set.</summary>
    public static bool Has(this PageRights rights, PageRights flag) => (rights & flag) != PageRights.None;
}
