using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>The attachment of an address space to a PASID of a function. If the PASID is an id of a set, the attachment binds the id until the PASID is drained.</summary>
internal sealed class IommuDmaAttachment : IDmaAttachment
{
    private readonly IommuDmaAddressSpace _space;
    private readonly DomainUse _use;
    private readonly IoAsidBinding? _binding;
    private readonly SingleRun _end = new();

    private IommuDmaAttachment(IommuDmaAddressSpace space, DomainUse use, [TakesOwnership] IoAsidBinding? binding)
    {
        _space = space;
        _use = use;
        _binding = binding;
        use.Device.Dependents.Add(this);
        space.Attachments.Add(this);
    }

    public IDmaAddressSpace AddressSpace => _space;

    public Pasid Pasid => _use.Pasid;

    /// <summary>Revokes and drains the PASID, and then ends the binding of its id.</summary>
    /// <exception cref="IommuException">The unit does not work. The PASID is not used again.</exception>
    public ValueTask DisposeAsync() => _end.RunAsync(DetachAsync);

    public override string ToString() => $"memory of {_use.Device} by PASID {Pasid}";

    /// <summary>Attaches an address space.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="use">The device and the PASID.</param>
    /// <param name="binding">The binding of the id that the PASID belongs to; null for a number without an id.</param>
    /// <exception cref="IommuException">The device cannot use the PASID, or no memory is left, and the binding has ended. Or the unit does not work, and the binding remains.</exception>
    internal static async ValueTask<IDmaAttachment> BeginAsync(IommuDmaAddressSpace space, DomainUse use, [TakesOwnership] IoAsidBinding? binding)
    {
        using DriverOperation? operation = DriverOperation.Start("attach", use.Device, use.Pasid, space.Domain.Name);
        PasidEntry entry;
        try
        {
            entry = space.Domain.Attach(use);
        }
        catch
        {
            if (binding is not null)
                new PasidDrain(use.Device).EndUnused(binding);
            throw;
        }

        // From here on hardware may have cached the entry. If the invalidation fails, the attachment stays until its address space or the device ends.
        IommuDmaAttachment attachment = new(space, use, binding);
        await use.Device.InvalidateNotPresentAsync(use.Pasid, entry);
        operation?.Complete();
        return attachment;
    }

    private async ValueTask DetachAsync()
    {
        using DriverOperation? operation = DriverOperation.Start("detach", _use.Device, Pasid, _space.Domain.Name);
        _space.Attachments.Remove(this);
        _use.Device.Dependents.Remove(this);
        await _use.Device.RevokeAsync(Pasid, suppressFaults: false);
        PasidDrain drain = new(_use.Device);
        if (_binding is null)
            await drain.EndAsync(Pasid);
        else
            await drain.EndAsync(_binding);
        _space.Domain.RemoveUse(_use);
        operation?.Complete();
    }
}
