namespace IoAsid.Typed.Emulation;

/// <summary>What a translation allows, and what is known of its entries.</summary>
[Flags]
internal enum PageRights : byte
{
    None = 0,

    /// <summary>May be read.</summary>
    Read = 1 << 0,

    /// <summary>May be written.</summary>
    Write = 1 << 1,

    /// <summary>May be written by supervisor requests although the entry says read-only: WPE is clear.</summary>
    SupervisorWrite = 1 << 2,

    /// <summary>Requests in user mode may use it (U/S). Always set where no first stage took part.</summary>
    User = 1 << 3,

    /// <summary>The bits that a write would set are set: D in the leaf of each stage that keeps it.</summary>
    Dirty = 1 << 4,

    /// <summary>No tables translate: the output is the input, and every right is given.</summary>
    PassThrough = 1 << 5,

    /// <summary>Execute requests in user mode are refused (XD; revision 3 only).</summary>
    NoExecute = 1 << 6,

    /// <summary>Execute requests of a supervisor are refused (XD, or SMEP; revision 3 only).</summary>
    SupervisorNoExecute = 1 << 7,
}

/// <summary>Reads <see cref="PageRights"/>.</summary>
internal static class PageRightsReading
{
    /// <summary>Whether a right is given.</summary>
    public static bool Has(this PageRights rights, PageRights flag) => (rights & flag) != PageRights.None;
}
