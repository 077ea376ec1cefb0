using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// A domain behind a PASID of its own: part of a device works in it while the rest works elsewhere. The PASID comes with the first attachment and goes with the
/// last one; the page request handler never finds it.
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

    /// <summary>What devices see through it.</summary>
    public DmaDomain Domain { get; }

    /// <summary>Its PASID while it is attached to a device; null at all other times, so that nobody uses a number that it does not own.</summary>
    public Pasid? Pasid => _pasid?.Id.ToPasid();

    /// <summary>The devices it is attached to.</summary>
    public IReadOnlyCollection<IommuDevice> Devices => _devices.Devices;

    /// <summary>Attaches it to a device, or counts another user there.</summary>
    /// <param name="device">PASIDs are enabled.</param>
    /// <param name="cancellationToken">Cancels the wait. An attachment that is made all the same is disposed.</param>
    /// <returns>The caller's hold on the attachment; disposing it detaches.</returns>
    /// <exception cref="IommuException">
    /// NotSupported: PASIDs are not enabled, or the unit cannot walk the tables. NoPasid: none is left. PasidTooWide: the device cannot send the domain's PASID.
    /// Nothing changed.
    /// </exception>
    public ValueTask<AuxiliaryAttachment> AttachAsync(IommuDevice device, CancellationToken cancellationToken = default) =>
        AttachAsync(device).OrDisposed(cancellationToken);

    private async ValueTask<AuxiliaryAttachment> AttachAsync(IommuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        device.RequireActive();
        if (!device.PasidEnabled)
            throw new IommuException(IommuError.NotSupported, $"PASIDs of {device} are not enabled. Enable them first.");
        using (await _lock.EnterAsync())
        {
            IoAsidHandle<AuxiliaryDomain> pasid = _pasid ?? Allocate(device);
            try
            {
                await AttachAsync(device, pasid);
            }
            catch
            {
                ReleaseUnused();
                throw;
            }

            return new AuxiliaryAttachment(this, device);
        }
    }

    internal async ValueTask DetachAsync(IommuDevice device)
    {
        using (await _lock.EnterAsync())
        {
            DomainUse use = UseBy(device);
            await _devices.DetachAsync(device);
            if (_devices.Devices.Contains(device))
                return;
            Domain.End(use);
            ReleaseUnused();
        }
    }

    private async ValueTask AttachAsync(IommuDevice device, IoAsidHandle<AuxiliaryDomain> pasid)
    {
        bool isFirst = !_devices.Devices.Contains(device);
        DomainId id = isFirst ? Domain.Begin(UseBy(device)) : default;
        try
        {
            await _devices.AttachAsync(device, pasid, Domain.EntryFor(device.Unit.Capabilities, id));
        }
        catch
        {
            if (!_devices.Reaches(device))
                Domain.End(UseBy(device));
            throw;
        }
    }

    private DomainUse UseBy(IommuDevice device) => new(device, _pasid!.Value.Id.ToPasid(), IsNested: false);

    private IoAsidHandle<AuxiliaryDomain> Allocate(IommuDevice device)
    {
        if (!_set.TryAllocate(this, 1, _set.Space.HighestUpTo(device.MaximumPasid), out IoAsidHandle<AuxiliaryDomain> pasid, out IoAsidAllocationFailure failure))
            throw new IommuException(IommuError.NoPasid, $"There is no PASID up to {device.MaximumPasid} for the domain {Domain}: {failure}.");
        _pasid = pasid;
        return pasid;
    }

    // In one step: from the moment the number may belong to somebody else the domain does not have it.
    private void ReleaseUnused()
    {
        if (_devices.IsReached || _pasid is not { } pasid)
            return;
        _pasid = null;
        pasid.Free();
    }
}
