namespace IoAsid.Typed.Hardware;

/// <summary>An access to physical memory that nothing answered: what a processor sees as a machine check.</summary>
public sealed class PhysicalMemoryException : Exception
{
    /// <summary>An access that nothing answered.</summary>
    /// <param name="address">The physical address of the access.</param>
    public PhysicalMemoryException(ulong address)
        : base($"There is no memory at physical address 0x{address:X}. The memory map of the platform says where there is.") => Address = address;

    /// <summary>The physical address of the access.</summary>
    public ulong Address { get; }
}
