namespace IoAsid.Typed.Vtd;

#pragma warning disable CA1700 // "Reserved" is the architecture's word for bits that must be zero

/// <summary>IQEI of IQERCD: why fetching from the invalidation queue stopped.</summary>
public enum InvalidationQueueError
{
    /// <summary>Nothing is known.</summary>
    None = 0,

    /// <summary>The tail lies outside the queue.</summary>
    InvalidTail = 1,

    /// <summary>The descriptor could not be read.</summary>
    FetchError = 2,

    /// <summary>There is no such type of descriptor, or the unit cannot do it.</summary>
    InvalidType = 3,

    /// <summary>A reserved field is not zero, or a field has a value that means nothing.</summary>
    ReservedField = 4,

    /// <summary>IQA.DW asks for a width that the unit or the table mode does not allow.</summary>
    InvalidDescriptorWidth = 5,

    /// <summary>The tail is not a multiple of 32 bytes with 256-bit descriptors.</summary>
    MisalignedTail = 6,

    /// <summary>TTM of the root table is reserved, or names a mode that the unit lacks.</summary>
    InvalidTableMode = 7,
}
