namespace IoAsid.Typed.Iommu;

/// <summary>The rights to access memory.</summary>
[Flags]
public enum MemoryRights
{
    /// <summary>No rights.</summary>
    None = 0,

    /// <summary>The right to read.</summary>
    Read = 1,

    /// <summary>The right to write.</summary>
    Write = 2,

    /// <summary>The right to execute. Only processors have it.</summary>
    Execute = 4,

    /// <summary>The rights to read and to write.</summary>
    ReadWrite = Read | Write,
}
