namespace IoAsid.Typed.Linux;

/// <summary>The rights of a device to mapped memory.</summary>
[Flags]
public enum DmaRights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The device may read.</summary>
    Read = 1,

    /// <summary>The device may write.</summary>
    Write = 2,

    /// <summary>The device may read and write.</summary>
    ReadWrite = Read | Write,
}
