namespace IoAsid.Typed.Hardware;

/// <summary>The exception for an access to a physical address without memory. A processor would raise a machine check.</summary>
public sealed class PhysicalMemoryException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="address">The physical address of the access.</param>
    public PhysicalMemoryException(ulong address)
        : base($"The physical address 0x{address:X} has no memory. See the memory map of the platform.") => Address = address;

    /// <summary>The physical address of the access.</summary>
    public ulong Address { get; }
}
