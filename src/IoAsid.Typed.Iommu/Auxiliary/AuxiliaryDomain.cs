using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// A domain behind a PASID of its own. One part of a device can use it while other parts use other address spaces. The first attachment allocates the PASID,
/// and the last detachment frees it. The page request handler never finds it.
/// </summary>
public sealed class AuxiliaryDomain
{
    private readonly IoAsidSet<AuxiliaryDomain> _set;
    private readonly PasidAttachments _devices = new();
    private readonly AsyncLock _lock = new();
    private IoAsidHandle<AuxiliaryDomain>? _pasid;

    internal AuxiliaryDomain(DmaDomain domain, IoAsidSet<AuxiliaryDomain> set)
    {
        Domain = domain;
        _set = set;
    }

    /// <summary>The domain that translates requests with the PASID.</summary>
    public DmaDomain Domain { get; }

    /// <summary>The PASID while the domain is attached to a device; otherwise, null.</summary>
    public Pasid? Pasid => _pasid?.Id.ToPasid();

    /// <summary>The devices that the domain is attached to.</summary>
    public IReadOnlyCollection<IommuDevice> Devices => _devices.Devices;

    /// <summary>Attaches the domain to a device, or counts another user there.</summary>
    /// <param name="device">The device, with PASIDs enabled.</param>
    /// <param name="cancellationToken">Cancels the wait. An attachment that completes after the cancellation is disposed.</param>
    /// <returns>The attachment. Disposing it detaches the domain.</returns>
    /// <exception cref="IommuException">
    /// NotSupported: PASIDs are not enabled, or the unit cannot walk the tables. NoPasid: no PASID is left. PasidTooWide: the device cannot send the domain's PASID.
    /// </exception>
    public ValueTask<AuxiliaryAttachment> AttachAsync(IommuDevice device, CancellationToken cancellationToken = default) =>
        AttachAsync(device).OrDisposed(cancellationToken);

    private async ValueTask<AuxiliaryAttachment> AttachAsync(IommuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        using DriverOperation? operation = DriverOperation.Start("attach", device, addressSpace: Domain.Name);
        device.RequireActive();
        if (!device.PasidEnabled)
            throw new IommuException(IommuError.NotSupported, $"PASIDs of {device} are not enabled. Enable them first.");
        using (await _lock.EnterAsync())
        {
            IoAsidHandle<AuxiliaryDomain> pasid = _pasid ?? Allocate(device);
            operation?.SetPasid(pasid.Id.ToPasid());
            try
            {
                await AttachAsync(device, pasid);
            }
            catch
            {
                ReleaseUnused();
                throw;
            }

            operation?.Complete();
            return new AuxiliaryAttachment(this, device);
        }
    }

    internal async ValueTask DetachAsync(IommuDevice device)
    {
        using DriverOperation? operation = DriverOperation.Start("detach", device, Pasid, Domain.Name);
        using (await _lock.EnterAsync())
        {
            DomainUse use = UseBy(device);
            await _devices.DetachAsync(device);
            operation?.Complete();
            if (_devices.Devices.Contains(device))
                return;
            Domain.RemoveUse(use);
            ReleaseUnused();
        }
    }

    private async ValueTask AttachAsync(IommuDevice device, IoAsidHandle<AuxiliaryDomain> pasid)
    {
        bool isFirst = !_devices.Devices.Contains(device);
        DomainId id = isFirst ? Domain.AddUse(UseBy(device)) : default;
        try
        {
            await _devices.AttachAsync(device, pasid, Domain.EntryFor(device.Unit.Capabilities, id));
        }
        catch
        {
            if (!_devices.IsExposedTo(device))
                Domain.RemoveUse(UseBy(device));
            throw;
        }
    }

    private DomainUse UseBy(IommuDevice device) => new(device, _pasid!.Value.Id.ToPasid(), IsNested: false);

    private IoAsidHandle<AuxiliaryDomain> Allocate(IommuDevice device)
    {
        if (!_set.TryAllocate(this, 1, _set.Space.HighestUpTo(device.MaximumPasid), out IoAsidHandle<AuxiliaryDomain> pasid, out IoAsidAllocationFailure failure))
            throw new IommuException(IommuError.NoPasid, $"No PASID up to {device.MaximumPasid} is free for the domain {Domain}: {failure}.");
        _pasid = pasid;
        return pasid;
    }

    // One step: once the number can be allocated again, the domain does not have it.
    private void ReleaseUnused()
    {
        if (_devices.IsExposed || _pasid is not { } pasid)
            return;
        _pasid = null;
        pasid.Free();
    }
}
