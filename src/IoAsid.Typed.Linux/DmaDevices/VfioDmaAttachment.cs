using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux;

/// <summary>The attachment of an address space to a PASID of a device file.</summary>
internal sealed class VfioDmaAttachment(VfioDmaAddressSpace space, Attachment attachment) : IDmaAttachment, IDisposable
{
    public IDmaAddressSpace AddressSpace => space;

    public Pasid Pasid => attachment.KernelPasid;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        attachment.Dispose();
        space.Remove(this);
    }

    public override string ToString() => attachment.ToString();
}
