using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>Tests invalidation descriptors and carries them out, but for waits.</summary>
internal sealed class InvalidationCommands
{
    private readonly UnitParts _unit;
    private readonly CacheInvalidation _caches;
    private readonly DeviceTlbInvalidations _deviceTlbs;
    private readonly bool _hasScalableMode;
    private readonly bool _hasAbortMode;
    private readonly bool _hasDeviceTlbs;
    private readonly bool _hasPageRequests;

    // [type]: bits that must be clear.
    private readonly Bits256[] _reserved = new Bits256[10];

    public InvalidationCommands(UnitParts unit, CacheInvalidation caches, DeviceTlbInvalidations deviceTlbs)
    {
        _unit = unit;
        _caches = caches;
        _deviceTlbs = deviceTlbs;
        VtdCapabilities capabilities = unit.Options.Capabilities;
        _hasScalableMode = capabilities.ScalableMode;
        _hasAbortMode = capabilities.AbortDma;
        _hasDeviceTlbs = capabilities.DeviceTlb;
        _hasPageRequests = capabilities.PageRequests;
        _reserved[(int)InvalidationType.ContextCache] = ContextCacheInvalidation.ReservedMask(capabilities);
        _reserved[(int)InvalidationType.Iotlb] = IotlbInvalidation.ReservedMask(capabilities);
        _reserved[(int)InvalidationType.DeviceTlb] = DeviceTlbInvalidation.ReservedMask(capabilities);
        _reserved[(int)InvalidationType.Wait] = InvalidationWait.ReservedMask(capabilities);
        _reserved[(int)InvalidationType.PasidIotlb] = PasidIotlbInvalidation.ReservedMask(capabilities);
        _reserved[(int)InvalidationType.PasidCache] = PasidCacheInvalidation.ReservedMask(capabilities);
        _reserved[(int)InvalidationType.PasidDeviceTlb] = PasidDeviceTlbInvalidation.ReservedMask(capabilities);
        _reserved[(int)InvalidationType.PageGroupResponse] = PageGroupResponse.ReservedMask(capabilities);
    }

    /// <summary>Tests what a queue may hold at all: the table mode in force, and the width of descriptors that goes with it (VT-d table 26, 11.4.9.9).</summary>
    public InvalidationQueueError CheckWidth(bool wide)
    {
        TranslationTableMode mode = _unit.Translator.Root.Mode;
        if (wide && !_hasScalableMode && !_hasAbortMode)
            return InvalidationQueueError.InvalidDescriptorWidth;
        if (mode == TranslationTableMode.Legacy)
            return InvalidationQueueError.None;
        bool exists = mode switch
        {
            TranslationTableMode.Scalable => _hasScalableMode,
            TranslationTableMode.AbortDma => _hasAbortMode,
            _ => false,
        };
        if (!exists)
            return InvalidationQueueError.InvalidTableMode;
        return wide ? InvalidationQueueError.None : InvalidationQueueError.InvalidDescriptorWidth;
    }

    /// <summary>Tests a descriptor: its type and its reserved bits.</summary>
    public InvalidationQueueError Check(in InvalidationDescriptor descriptor)
    {
        if (!IsKnown(descriptor.Type))
            return InvalidationQueueError.InvalidType;
        // Not word by word: the compiler of .NET 10.0.12 gets such a loop wrong once it has profiled it.
        return descriptor.Bits.Intersects(_reserved[(int)descriptor.Type]) ? InvalidationQueueError.ReservedField : InvalidationQueueError.None;
    }

    /// <summary>Whether it can be carried out now, and need not wait for a device to complete others.</summary>
    public bool CanCarryOut(in InvalidationDescriptor descriptor) => descriptor.Type switch
    {
        InvalidationType.DeviceTlb when new DeviceTlbInvalidation(descriptor.Bits) is var command =>
            _deviceTlbs.CanSend(command.SourceId, command.MaximumPending),
        InvalidationType.PasidDeviceTlb when new PasidDeviceTlbInvalidation(descriptor.Bits) is var command =>
            _deviceTlbs.CanSend(command.SourceId, command.MaximumPending),
        _ => true,
    };

    /// <summary>Carries it out.</summary>
    /// <returns>False if a field has a value that means nothing; nothing was done then.</returns>
    public bool TryCarryOut(in InvalidationDescriptor descriptor)
    {
        switch (descriptor.Type)
        {
            case InvalidationType.ContextCache:
                ContextCacheInvalidation contexts = new(descriptor.Bits);
                return _caches.DropContexts(contexts.Granularity, contexts.DomainId, contexts.SourceId, contexts.IgnoredSourceBits)
                    != ContextInvalidationGranularity.Invalid;
            case InvalidationType.Iotlb:
                IotlbInvalidation translations = new(descriptor.Bits);
                return _caches.DropTranslations(
                    translations.Granularity, translations.DomainId, translations.Address, translations.AddressMask, translations.InvalidationHint)
                    != IotlbInvalidationGranularity.Invalid;
            case InvalidationType.PasidIotlb:
                PasidIotlbInvalidation pasid = new(descriptor.Bits);
                return _caches.DropTranslationsOfPasid(
                    pasid.Granularity, pasid.DomainId, pasid.Pasid, pasid.Address, pasid.AddressMask, pasid.InvalidationHint);
            case InvalidationType.PasidCache:
                PasidCacheInvalidation pasids = new(descriptor.Bits);
                return _caches.DropPasids(pasids.Granularity, pasids.DomainId, pasids.Pasid);
            case InvalidationType.DeviceTlb:
                Send(new DeviceTlbInvalidation(descriptor.Bits));
                return true;
            case InvalidationType.PasidDeviceTlb:
                Send(new PasidDeviceTlbInvalidation(descriptor.Bits));
                return true;
            case InvalidationType.PageGroupResponse:
                Respond(new PageGroupResponse(descriptor.Bits));
                return true;
            default:
                throw new ArgumentOutOfRangeException(nameof(descriptor), descriptor.Type, "This type is not carried out here.");
        }
    }

    // Types 6 to 9 are for the modes other than legacy. Type 4 needs interrupt remapping and type 10 host permission tables, which the unit lacks.
    private bool IsKnown(InvalidationType type)
    {
        bool beyondLegacy = _unit.Translator.Root.Mode != TranslationTableMode.Legacy;
        return type switch
        {
            InvalidationType.ContextCache or InvalidationType.Iotlb or InvalidationType.Wait => true,
            InvalidationType.DeviceTlb => _hasDeviceTlbs,
            InvalidationType.PasidIotlb or InvalidationType.PasidCache => beyondLegacy,
            InvalidationType.PasidDeviceTlb => beyondLegacy && _hasDeviceTlbs,
            InvalidationType.PageGroupResponse => beyondLegacy && _hasPageRequests,
            _ => false,
        };
    }

    private void Send(DeviceTlbInvalidation command) => _deviceTlbs.Send(
        new InvalidateRequestMessage(command.SourceId, Tag: 0, Encode(command.Address, command.Size)));

    private void Send(PasidDeviceTlbInvalidation command) => _deviceTlbs.Send(new InvalidateRequestMessage(
        command.SourceId, Tag: 0, Encode(command.Address, command.Size), new PasidPrefix(command.Global ? default : command.Pasid), command.Global));

    private static ulong Encode(ulong address, bool size) => address & ~0xFFFUL | (size ? 1UL << 11 : 0);

    private void Respond(PageGroupResponse response)
    {
        PasidPrefix prefix = response.PasidPresent ? new PasidPrefix(response.Pasid) : default;
        _unit.PageRequests.Respond(
            new PageGroupResponseMessage(response.RequesterId, response.GroupIndex, (int)response.ResponseCode, prefix));
    }
}
