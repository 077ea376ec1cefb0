using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux;

/// <summary>
/// The one place where the kernel's words, PASIDs and numbers of a space become one another. The space of an attached id has no number beyond 20 bits.
/// </summary>
[HardwareBoundary]
internal static class IommufdPasidConversion
{
    /// <summary>The kernel's number for requests without PASID (<c>IOMMU_NO_PASID</c>).</summary>
    public static Pasid None => default;

    /// <summary>Returns the highest PASID of a number of bits, or 0 for no bits.</summary>
    public static Pasid Highest(int bits) => new((1u << bits) - 1);

    /// <summary>Returns the PASID of an id of a space that <see cref="IommufdDevice.CreateSpaceOptions"/> fits.</summary>
    public static Pasid ToPasid(this RawIoAsid id) => new(id.Value);

    /// <summary>Returns the PASID in a word of the kernel.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The word has more than 20 bits, so it is not a PASID.</exception>
    public static Pasid ToPasid(uint word) => new(word);
}
