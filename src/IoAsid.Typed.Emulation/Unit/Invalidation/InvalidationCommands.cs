using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The check and the execution of invalidation descriptors, except wait descriptors.</summary>
internal sealed class InvalidationCommands
{
    private const ulong PageMask = 0xFFF;

    private readonly UnitParts _unit;
    private readonly CacheInvalidation _caches;
    private readonly DeviceTlbInvalidations _deviceTlbs;
    private readonly bool _hasScalableMode;
    private readonly bool _hasAbortMode;
    private readonly bool _hasDeviceTlbs;
    private readonly bool _hasPageRequests;
    private readonly bool _throttles;

    // The reserved bits, by type of descriptor.
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
        _throttles = capabilities.ExtendedCapability.DeviceTlbThrottling;
        _reserved[(int)InvalidationType.ContextCache] = ContextCacheInvalidation.ReservedMask(capabilities);
        _reserved[(int)InvalidationType.Iotlb] = IotlbInvalidation.ReservedMask(capabilities);
        _reserved[(int)InvalidationType.DeviceTlb] = DeviceTlbInvalidation.ReservedMask(capabilities);
        _reserved[(int)InvalidationType.Wait] = InvalidationWait.ReservedMask(capabilities);
        _reserved[(int)InvalidationType.PasidIotlb] = PasidIotlbInvalidation.ReservedMask(capabilities);
        _reserved[(int)InvalidationType.PasidCache] = PasidCacheInvalidation.ReservedMask(capabilities);
        _reserved[(int)InvalidationType.PasidDeviceTlb] = PasidDeviceTlbInvalidation.ReservedMask(capabilities);
        _reserved[(int)InvalidationType.PageGroupResponse] = PageGroupResponse.ReservedMask(capabilities);
    }

    /// <summary>Checks the table mode, and the width of descriptors in that mode (VT-d Table 26, 11.4.9.9).</summary>
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

    /// <summary>Checks the type and the reserved bits of a descriptor.</summary>
    public InvalidationQueueError Check(in InvalidationDescriptor descriptor)
    {
        if (!IsSupported(descriptor.Type))
            return InvalidationQueueError.InvalidType;
        // There is no loop over the words, because the JIT compiler of .NET 10.0.12 compiles such a loop incorrectly with profile data.
        return descriptor.Bits.Intersects(_reserved[(int)descriptor.Type]) ? InvalidationQueueError.ReservedField : InvalidationQueueError.None;
    }

    /// <summary>Returns true if a descriptor can be executed now. It cannot if its device has the maximum number of outstanding invalidations.</summary>
    public bool CanExecute(in InvalidationDescriptor descriptor) => descriptor.Type switch
    {
        InvalidationType.DeviceTlb when new DeviceTlbInvalidation(descriptor.Bits) is var command =>
            _deviceTlbs.CanSend(command.SourceId, ThrottledBy(command.SourceId, command.PhysicalFunctionSourceId), command.MaximumPending),
        InvalidationType.PasidDeviceTlb when new PasidDeviceTlbInvalidation(descriptor.Bits) is var command =>
            _deviceTlbs.CanSend(command.SourceId, ThrottledBy(command.SourceId, command.PhysicalFunctionSourceId), command.MaximumPending),
        _ => true,
    };

    /// <summary>Tries to execute a descriptor.</summary>
    /// <returns>True if the descriptor was executed; false if a field has an undefined value. Nothing changed then.</returns>
    public bool TryExecute(in InvalidationDescriptor descriptor)
    {
        switch (descriptor.Type)
        {
            case InvalidationType.ContextCache:
                ContextCacheInvalidation contexts = new(descriptor.Bits);
                return _caches.InvalidateContexts(contexts.Granularity, contexts.DomainId, contexts.SourceId, contexts.IgnoredSourceBits)
                    != ContextInvalidationGranularity.Invalid;
            case InvalidationType.Iotlb:
                IotlbInvalidation translations = new(descriptor.Bits);
                return _caches.InvalidateTranslations(
                    translations.Granularity, translations.DomainId, translations.Address, translations.AddressMask, translations.InvalidationHint)
                    != IotlbInvalidationGranularity.Invalid;
            case InvalidationType.PasidIotlb:
                PasidIotlbInvalidation pasid = new(descriptor.Bits);
                return _caches.InvalidatePasidTranslations(
                    pasid.Granularity, pasid.DomainId, pasid.Pasid, pasid.Address, pasid.AddressMask, pasid.InvalidationHint);
            case InvalidationType.PasidCache:
                PasidCacheInvalidation pasids = new(descriptor.Bits);
                return _caches.InvalidatePasidEntries(pasids.Granularity, pasids.DomainId, pasids.Pasid);
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
                throw new ArgumentOutOfRangeException(nameof(descriptor), descriptor.Type, "The type is not executed by this method.");
        }
    }

    // Types 6 to 9 exist in modes other than legacy. Type 4 needs interrupt remapping and type 10 needs host permission tables. The unit has neither.
    private bool IsSupported(InvalidationType type)
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
        new InvalidateRequestMessage(command.SourceId, Tag: 0, Encode(command.Address, command.Size)),
        ThrottledBy(command.SourceId, command.PhysicalFunctionSourceId));

    private void Send(PasidDeviceTlbInvalidation command) => _deviceTlbs.Send(
        new InvalidateRequestMessage(
            command.SourceId, Tag: 0, Encode(command.Address, command.Size), new PasidPrefix(command.Global ? default : command.Pasid), command.Global),
        ThrottledBy(command.SourceId, command.PhysicalFunctionSourceId));

    // With ECAP.DIT, MIP limits the invalidations of a physical function together with its virtual functions (VT-d 6.5.2.5).
    private RequesterId ThrottledBy(RequesterId source, RequesterId physicalFunction) => _throttles ? physicalFunction : source;

    private static ulong Encode(ulong address, bool size) => address & ~PageMask | (size ? 1UL << 11 : 0);

    private void Respond(PageGroupResponse response)
    {
        PasidPrefix prefix = response.PasidPresent ? new PasidPrefix(response.Pasid) : default;
        _unit.PageRequests.Respond(
            new PageGroupResponseMessage(response.RequesterId, response.GroupIndex, (int)response.ResponseCode, prefix));
    }
}
