using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The execution of a guest's invalidations, one after the other. The guest's PASID and requester id become those of the host, and its domain becomes that of
/// the container's second stage. A granularity that exceeds the guest is narrowed to the guest.
/// </summary>
internal sealed class GuestInvalidations(VfioContainer container)
{
    private readonly AsyncLock _turn = new();

    /// <summary>Executes a descriptor, and completes when hardware has executed it. After the end of the guest, its queue is not fetched.</summary>
    public async ValueTask<InvalidationQueueError> RunAsync([GuestControlled] InvalidationDescriptor descriptor)
    {
        using (await _turn.EnterAsync())
        {
            InvalidationQueueError error = container.HasEnded ? InvalidationQueueError.FetchError : await DispatchAsync(descriptor);
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
            InvalidationType.ContextCache => InvalidateAsync(new ContextCacheInvalidation(descriptor.Bits)),
            InvalidationType.PasidCache => InvalidateAsync(new PasidCacheInvalidation(descriptor.Bits)),
            InvalidationType.PasidIotlb => InvalidateAsync(new PasidIotlbInvalidation(descriptor.Bits)),
            InvalidationType.Iotlb => InvalidateAsync(new IotlbInvalidation(descriptor.Bits)),
            InvalidationType.DeviceTlb => InvalidateAsync(new DeviceTlbInvalidation(descriptor.Bits)),
            InvalidationType.PasidDeviceTlb => InvalidateAsync(new PasidDeviceTlbInvalidation(descriptor.Bits)),
            InvalidationType.PageGroupResponse => new(Respond(new PageGroupResponse(descriptor.Bits))),
            InvalidationType.Wait => WaitAsync(new InvalidationWait(descriptor.Bits)),
            _ => new(InvalidationQueueError.InvalidType),
        };
    }

    // Hardware does not use the guest's context entries. Only the PASID entries that depend on them exist on the host.
    private ValueTask<InvalidationQueueError> InvalidateAsync([GuestControlled] ContextCacheInvalidation descriptor)
    {
        List<GuestDevice> devices = [.. container.Devices];
        if (descriptor.Granularity == ContextInvalidationGranularity.Device)
            devices.RemoveAll(device => !device.VirtualRequester.Matches(descriptor.SourceId, descriptor.IgnoredSourceBits));
        if (descriptor.Granularity == ContextInvalidationGranularity.Invalid || !AreFound(devices, descriptor.Granularity))
            return new(InvalidationQueueError.ReservedField);
        return OnUnitsAsync(devices.Select(device => device.Device.Unit), static (batch, domain) => batch.Pasids(domain));
    }

    private ValueTask<InvalidationQueueError> InvalidateAsync([GuestControlled] PasidCacheInvalidation descriptor) => descriptor.Granularity switch
    {
        PasidCacheGranularity.Pasid => OnPasidAsync(descriptor.Pasid, static (batch, domain, pasid) => batch.Pasid(domain, pasid)),
        PasidCacheGranularity.Domain or PasidCacheGranularity.Global => OnUnitsAsync(Units(), static (batch, domain) => batch.Pasids(domain)),
        _ => new(InvalidationQueueError.ReservedField),
    };

    private ValueTask<InvalidationQueueError> InvalidateAsync([GuestControlled] PasidIotlbInvalidation descriptor)
    {
        DeviceTlbRange pages = PagesOf(descriptor);
        return descriptor.Granularity switch
        {
            PasidIotlbGranularity.Pasid => OnPasidAsync(descriptor.Pasid, static (batch, domain, pasid) => batch.PasidTranslations(domain, pasid)),
            PasidIotlbGranularity.Page => OnPasidAsync(descriptor.Pasid, (batch, domain, pasid) => batch.PasidPages(domain, pasid, pages, descriptor.InvalidationHint)),
            _ => new(InvalidationQueueError.ReservedField),
        };
    }

    // The guest has no second stage of its own. All its domains stand for the container's second stage.
    private ValueTask<InvalidationQueueError> InvalidateAsync([GuestControlled] IotlbInvalidation descriptor) =>
        descriptor.Granularity == IotlbInvalidationGranularity.Invalid
            ? new(InvalidationQueueError.ReservedField)
            : OnUnitsAsync(Units(), static (batch, domain) => batch.Domain(domain));

    private async ValueTask<InvalidationQueueError> InvalidateAsync([GuestControlled] DeviceTlbInvalidation descriptor)
    {
        if (container.Assigned.Find(descriptor.SourceId) is not { } device)
            return InvalidationQueueError.ReservedField;
        await device.Device.InvalidateDeviceTlbAsync(IommuDevice.RequestsWithoutPasid, descriptor.Range);
        return InvalidationQueueError.None;
    }

    private async ValueTask<InvalidationQueueError> InvalidateAsync([GuestControlled] PasidDeviceTlbInvalidation descriptor)
    {
        if (container.Assigned.Find(descriptor.SourceId) is not { } device)
            return InvalidationQueueError.ReservedField;
        if (!descriptor.Global)
            return await InvalidateAsync(device, descriptor.Pasid.ToPrivateIoAsid(), descriptor.Range);
        // Other descriptor may share the device, so "all PASIDs" means all PASIDs of this guest.
        foreach (GuestSvaBinding binding in container.Bindings)
            await InvalidateAsync(device, binding.GuestPasid, descriptor.Range);
        return InvalidationQueueError.None;
    }

    private async ValueTask<InvalidationQueueError> InvalidateAsync(GuestDevice device, [GuestControlled] PrivateIoAsid guestPasid, DeviceTlbRange pages)
    {
        using IoAsidReference<GuestSvaBinding>? held = container.Hold(guestPasid);
        if (held is null)
            return InvalidationQueueError.ReservedField;
        if (held.Data.IsOpenOn(device))
            await device.Device.InvalidateDeviceTlbAsync(held.Id.ToPasid(), pages);
        return InvalidationQueueError.None;
    }

    private InvalidationQueueError Respond([GuestControlled] PageGroupResponse descriptor)
    {
        PageResponse response = descriptor.ResponseCode == PageResponse.Success ? PageResponse.Success : PageResponse.InvalidRequest;
        GuestResponseResult result = descriptor.PasidPresent
            ? container.Respond(descriptor.RequesterId, descriptor.Pasid.ToPrivateIoAsid(), descriptor.GroupIndex, response)
            : GuestResponseResult.NoSuchGroup;
        return result == GuestResponseResult.NoSuchGroup ? InvalidationQueueError.ReservedField : InvalidationQueueError.None;
    }

    // All earlier descriptors are complete, so the status can be written and the interrupt can be signalled.
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

    private async ValueTask<InvalidationQueueError> OnPasidAsync([GuestControlled] Pasid guestPasid, Action<InvalidationBatch, DomainId, Pasid> append)
    {
        using IoAsidReference<GuestSvaBinding>? held = container.Hold(guestPasid.ToPrivateIoAsid());
        if (held is null)
            return InvalidationQueueError.ReservedField;
        foreach ((VtdDriver unit, DomainId domain) in held.Data.Units.ToList())
        {
            InvalidationBatch batch = new();
            append(batch, domain, held.Id.ToPasid());
            await unit.Invalidations.RunAsync(batch);
        }

        return InvalidationQueueError.None;
    }

    // The container has a domain id of its own on each unit.
    private async ValueTask<InvalidationQueueError> OnUnitsAsync(IEnumerable<VtdDriver> units, Action<InvalidationBatch, DomainId> append)
    {
        foreach (VtdDriver unit in units.Distinct().ToList())
        {
            if (!container.Domain.DomainIds.TryGetValue(unit, out DomainId domain))
                continue;
            InvalidationBatch batch = new();
            append(batch, domain);
            await unit.Invalidations.RunAsync(batch);
        }

        return InvalidationQueueError.None;
    }

    private IEnumerable<VtdDriver> Units() => container.Domain.DomainIds.Keys;

    private bool AreFound(List<GuestDevice> devices, ContextInvalidationGranularity granularity)
    {
        bool areFound = devices.Count > 0 || granularity != ContextInvalidationGranularity.Device;
        if (!areFound)
            container.Counts.Refused++;
        return areFound;
    }

    private bool HasReservedBits(InvalidationDescriptor descriptor) => container.Units.Any(unit =>
        descriptor.Bits.Intersects(InvalidationDescriptor.LayoutOf(descriptor.Type).ReservedMask<Bits256>(unit.Capabilities)));

    private static DeviceTlbRange PagesOf(PasidIotlbInvalidation descriptor)
    {
        int order = Math.Min((int)descriptor.AddressMask, DeviceTlbRange.MaximumOrder);
        // The low bits of the address are ignored (VT-d 6.5.2.4).
        ulong offset = order == DeviceTlbRange.MaximumOrder ? ulong.MaxValue : (1UL << (order + 12)) - 1;
        return new DeviceTlbRange(descriptor.Address & ~offset, order);
    }
}
