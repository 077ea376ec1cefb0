namespace IoAsid.Typed.Iommu;

/// <summary>What may be done with memory.</summary>
[Flags]
public enum MemoryRights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>To read it.</summary>
    Read = 1,

    /// <summary>To write it.</summary>
    Write = 2,

    /// <summary>To execute it. Devices never do; a processor may.</summary>
    Execute = 4,

    /// <summary>To read and to write it.</summary>
    ReadWrite = Read | Write,
}
