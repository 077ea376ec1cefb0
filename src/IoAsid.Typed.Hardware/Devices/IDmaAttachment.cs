namespace IoAsid.Typed.Hardware;

/// <summary>
/// The attachment of an address space to a PASID of a device. Disposing it detaches the address space: on completion no request with the PASID is in flight, and no cache has a translation
/// of the PASID. A second disposal does nothing more.
/// </summary>
/// <remarks>The driver stops the device from using the PASID before the disposal. Later requests with the PASID are refused.</remarks>
public interface IDmaAttachment : IAsyncDisposable
{
    /// <summary>The address space.</summary>
    IDmaAddressSpace AddressSpace { get; }

    /// <summary>The PASID that the driver programs into the device.</summary>
    Pasid Pasid { get; }
}
