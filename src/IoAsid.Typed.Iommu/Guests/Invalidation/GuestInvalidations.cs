using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// Carries out a guest's invalidations, one after the other. The guest's PASID becomes the host's, its requester the real one, its domain that of the container's
/// second stage; what would reach further than the guest is narrowed to it.
/// </summary>
internal sealed class GuestInvalidations(VfioContainer container)
{
    private readonly AsyncLock _turn = new();

    /// <summary>Carries out a descriptor; complete when hardware has. A dead guest has no queue: what it had is not fetched.</summary>
    public async ValueTask<InvalidationQueueError> RunAsync([GuestControlled] InvalidationDescriptor descriptor)
    {
        using (await _turn.EnterAsync())
        {
            InvalidationQueueError error = container.IsDead ? InvalidationQueueError.FetchError : await DispatchAsync(descriptor);
            if (error == InvalidationQueueError.None)
                container.Counts.Invalidations++;
            else
                container.Counts.InvalidationErrors++;
            return error;
        }
    }

    private ValueTask<InvalidationQueueError> DispatchAsync([GuestControlled] InvalidationDescriptor descriptor)
    {
        if (HasReservedBits(descriptor))
            return new ValueTask<InvalidationQueueError>(InvalidationQueueError.ReservedField);
        return descriptor.Type switch
        {
            InvalidationType.ContextCache => DropAsync(new ContextCacheInvalidation(descriptor.Bits)),
            InvalidationType.PasidCache => DropAsync(new PasidCacheInvalidation(descriptor.Bits)),
            InvalidationType.PasidIotlb => DropAsync(new PasidIotlbInvalidation(descriptor.Bits)),
            InvalidationType.Iotlb => DropAsync(new IotlbInvalidation(descriptor.Bits)),
            InvalidationType.DeviceTlb => DropAsync(new DeviceTlbInvalidation(descriptor.Bits)),
            InvalidationType.PasidDeviceTlb => DropAsync(new PasidDeviceTlbInvalidation(descriptor.Bits)),
            InvalidationType.PageGroupResponse => new(Respond(new PageGroupResponse(descriptor.Bits))),
            InvalidationType.Wait => WaitAsync(new InvalidationWait(descriptor.Bits)),
            _ => new(InvalidationQueueError.InvalidType),
        };
    }

    // A guest's context entries say nothing to hardware; what follows from them are PASID entries.
    private ValueTask<InvalidationQueueError> DropAsync([GuestControlled] ContextCacheInvalidation guests)
    {
        List<GuestDevice> devices = [.. container.Devices];
        if (guests.Granularity == ContextInvalidationGranularity.Device)
            devices.RemoveAll(device => !device.VirtualRequester.Matches(guests.SourceId, guests.IgnoredSourceBits));
        if (guests.Granularity == ContextInvalidationGranularity.Invalid || !AreThere(devices, guests.Granularity))
            return new(InvalidationQueueError.ReservedField);
        return OnUnitsAsync(devices.Select(device => device.Device.Unit), static (batch, domain) => batch.Pasids(domain));
    }

    private ValueTask<InvalidationQueueError> DropAsync([GuestControlled] PasidCacheInvalidation guests) => guests.Granularity switch
    {
        PasidCacheGranularity.Pasid => OnPasidAsync(guests.Pasid, static (batch, domain, pasid) => batch.Pasid(domain, pasid)),
        PasidCacheGranularity.Domain or PasidCacheGranularity.Global => OnUnitsAsync(Units(), static (batch, domain) => batch.Pasids(domain)),
        _ => new(InvalidationQueueError.ReservedField),
    };

    private ValueTask<InvalidationQueueError> DropAsync([GuestControlled] PasidIotlbInvalidation guests)
    {
        DeviceTlbRange pages = PagesOf(guests);
        return guests.Granularity switch
        {
            PasidIotlbGranularity.Pasid => OnPasidAsync(guests.Pasid, static (batch, domain, pasid) => batch.PasidTranslations(domain, pasid)),
            PasidIotlbGranularity.Page => OnPasidAsync(guests.Pasid, (batch, domain, pasid) => batch.PasidPages(domain, pasid, pages, guests.InvalidationHint)),
            _ => new(InvalidationQueueError.ReservedField),
        };
    }

    // The guest has no second stage of its own; what it means by its domains is all that lies on the container's.
    private ValueTask<InvalidationQueueError> DropAsync([GuestControlled] IotlbInvalidation guests) =>
        guests.Granularity == IotlbInvalidationGranularity.Invalid
            ? new(InvalidationQueueError.ReservedField)
            : OnUnitsAsync(Units(), static (batch, domain) => batch.Domain(domain));

    private async ValueTask<InvalidationQueueError> DropAsync([GuestControlled] DeviceTlbInvalidation guests)
    {
        if (container.Assigned.Find(guests.SourceId) is not { } device)
            return InvalidationQueueError.ReservedField;
        await device.Device.DropDeviceTlbAsync(IommuDevice.RequestsWithoutPasid, guests.Range);
        return InvalidationQueueError.None;
    }

    private async ValueTask<InvalidationQueueError> DropAsync([GuestControlled] PasidDeviceTlbInvalidation guests)
    {
        if (container.Assigned.Find(guests.SourceId) is not { } device)
            return InvalidationQueueError.ReservedField;
        if (!guests.Global)
            return await DropAsync(device, guests.Pasid.ToPrivateIoAsid(), guests.Range);
        // The device may have other guests: all PASIDs are all of this one.
        foreach (GuestSvaBinding binding in container.Bindings)
            await DropAsync(device, binding.GuestPasid, guests.Range);
        return InvalidationQueueError.None;
    }

    private async ValueTask<InvalidationQueueError> DropAsync(GuestDevice device, [GuestControlled] PrivateIoAsid guestPasid, DeviceTlbRange pages)
    {
        using IoAsidReference<GuestSvaBinding>? held = container.Hold(guestPasid);
        if (held is null)
            return InvalidationQueueError.ReservedField;
        if (held.Data.IsOpenOn(device))
            await device.Device.DropDeviceTlbAsync(held.Id.ToPasid(), pages);
        return InvalidationQueueError.None;
    }

    private InvalidationQueueError Respond([GuestControlled] PageGroupResponse guests)
    {
        PageResponse response = guests.ResponseCode == PageRequestResponseCode.Success ? PageResponse.Success : PageResponse.InvalidRequest;
        GuestAnswer answer = guests.PasidPresent
            ? container.Respond(guests.RequesterId, guests.Pasid.ToPrivateIoAsid(), guests.GroupIndex, response)
            : GuestAnswer.Refused;
        return answer == GuestAnswer.Refused ? InvalidationQueueError.ReservedField : InvalidationQueueError.None;
    }

    /// <summary>Everything before it is done; so what it announces can be written, and announced.</summary>
    private async ValueTask<InvalidationQueueError> WaitAsync(InvalidationWait wait)
    {
        if (wait.PageRequestDrain)
            await DrainAsync();
        if (wait.StatusWrite && !container.Memory.TryWriteUInt32(wait.StatusAddress, wait.StatusData))
            return InvalidationQueueError.ReservedField;
        if (wait.InterruptFlag)
            container.Unit?.SignalInvalidation();
        return InvalidationQueueError.None;
    }

    private async ValueTask DrainAsync()
    {
        foreach (VtdDriver unit in Units().ToList())
        {
            do
                await unit.Invalidations.RunAsync(new InvalidationBatch(), drainPageRequests: true);
            while (unit.ReadPageRequests());
        }
    }

    private async ValueTask<InvalidationQueueError> OnPasidAsync([GuestControlled] Pasid guestPasid, Action<InvalidationBatch, DomainId, Pasid> drop)
    {
        using IoAsidReference<GuestSvaBinding>? held = container.Hold(guestPasid.ToPrivateIoAsid());
        if (held is null)
            return InvalidationQueueError.ReservedField;
        foreach ((VtdDriver unit, DomainId domain) in held.Data.Units.ToList())
        {
            InvalidationBatch batch = new();
            drop(batch, domain, held.Id.ToPasid());
            await unit.Invalidations.RunAsync(batch);
        }

        return InvalidationQueueError.None;
    }

    // By the domain id: it is the container's own on each unit.
    private async ValueTask<InvalidationQueueError> OnUnitsAsync(IEnumerable<VtdDriver> units, Action<InvalidationBatch, DomainId> drop)
    {
        foreach (VtdDriver unit in units.Distinct().ToList())
        {
            if (!container.Domain.DomainIds.TryGetValue(unit, out DomainId domain))
                continue;
            InvalidationBatch batch = new();
            drop(batch, domain);
            await unit.Invalidations.RunAsync(batch);
        }

        return InvalidationQueueError.None;
    }

    private IEnumerable<VtdDriver> Units() => container.Domain.DomainIds.Keys;

    private bool AreThere(List<GuestDevice> devices, ContextInvalidationGranularity granularity)
    {
        bool areThere = devices.Count > 0 || granularity != ContextInvalidationGranularity.Device;
        if (!areThere)
            container.Counts.Refused++;
        return areThere;
    }

    private bool HasReservedBits(InvalidationDescriptor descriptor) => container.Units.Any(unit =>
        descriptor.Bits.Intersects(InvalidationDescriptor.LayoutOf(descriptor.Type).ReservedMask<Bits256>(unit.Capabilities)));

    private static DeviceTlbRange PagesOf(PasidIotlbInvalidation guests)
    {
        int order = Math.Min((int)guests.AddressMask, DeviceTlbRange.MaximumOrder);
        // Low bits of the address do not count (VT-d 6.5.2.4).
        ulong offset = order == DeviceTlbRange.MaximumOrder ? ulong.MaxValue : (1UL << (order + 12)) - 1;
        return new DeviceTlbRange(guests.Address & ~offset, order);
    }
}
