using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The only conversions between numbers of the space and PASIDs on the bus. The space of an <see cref="IommuSubsystem"/> has no number beyond 20 bits.
/// </summary>
[HardwareBoundary]
public static class PasidConversion
{
    /// <summary>Returns the PASID that a device sends for an id of the space.</summary>
    /// <param name="id">An id of the space.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id has more than 20 bits, so it does not belong to that space.</exception>
    public static Pasid ToPasid(this RawIoAsid id) => new(id.Value);

    /// <summary>Returns the number of the space for a PASID that hardware reported.</summary>
    /// <param name="pasid">The PASID.</param>
    public static RawIoAsid ToRawIoAsid(this Pasid pasid) => new(pasid.Value);

    /// <summary>Returns the largest number of the space that does not exceed a PASID.</summary>
    internal static uint HighestUpTo(this IoAsidSpace space, Pasid limit) => (uint)Math.Min(space.Capacity - 1, limit.Value);

    /// <summary>Returns the private id of a container for a PASID that the guest wrote into a descriptor.</summary>
    internal static PrivateIoAsid ToPrivateIoAsid([GuestControlled] this Pasid guestPasid) => new(guestPasid.Value);
}
