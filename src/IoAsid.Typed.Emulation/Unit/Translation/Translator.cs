using System.Runtime.CompilerServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The translation of requests: from the requester to its context entry, to the address space, and to the page. Each step reads a cache or memory. The checks are
/// in the order of the architecture.
/// </summary>
internal sealed class Translator
{
    private const ulong PageMask = 0xFFF;

    private readonly UnitOptions _options;
    private readonly VtdCapabilities _capabilities;
    private readonly UnitCaches _caches;
    private readonly ResolvedSpaces _resolved;
    private readonly TableReader _tables;
    private readonly FirstStageWalk _firstStage;
    private readonly SecondStageWalk _secondStage;
    private readonly bool _scalable;
    private readonly bool _abortsDma;
    private readonly bool _blocksExecuteRequests;
    private readonly bool _pasidsInTranslatedRequests;
    private readonly int _largestPageLevel;
    private readonly uint _pasids;
    private ScalableContextEntry _readContext;
    private AddressSpaceContext _readSpace;
    private RootTable _root;

    public Translator(UnitOptions options, TableMemory memory, UnitCaches caches)
    {
        _options = options;
        _capabilities = options.Capabilities;
        _scalable = _capabilities.ScalableMode;
        _abortsDma = _capabilities.AbortDma;
        _blocksExecuteRequests = _capabilities.MajorVersion >= 8;
        _pasidsInTranslatedRequests = _capabilities.Revision >= VtdRevision.Five0 && _capabilities.Meets(Requirement.PasidInTranslatedRequests);
        _pasids = 1u << _capabilities.PasidBits;
        _largestPageLevel = LargestPageLevel(_capabilities);
        _caches = caches;
        _resolved = new ResolvedSpaces(caches.Contexts, caches.Pasids);
        _tables = new TableReader(memory, _capabilities);
        _secondStage = new SecondStageWalk(memory, options.Caching ? caches.SecondStageStructures : null, _capabilities);
        _firstStage = new FirstStageWalk(memory, _secondStage, options.Caching ? caches.FirstStageStructures : null, _capabilities);
    }

    /// <summary>GSTS.TES: translation is enabled. Without it, requests are not translated.</summary>
    public bool IsEnabled { get; set; }

    /// <summary>The current root table.</summary>
    public RootTable Root
    {
        get => _root;
        set
        {
            _root = value;
            _resolved.Clear();
        }
    }

    /// <summary>Translates a request.</summary>
    public Translation Translate(in TranslationQuery query)
    {
        // A request without PASID to the interrupt range is not translated by an address space.
        if (IsEnabled && (query.Prefix.IsPresent || !InterruptRange.Contains(query.Address)))
        {
            ref readonly AddressSpaceContext space = ref _resolved.Find(query);
            if (!Unsafe.IsNullRef(in space))
                return TranslateIn(space, query, caching: true);
        }

        return Translate(query, caching: _options.Caching);
    }

    /// <summary>Translates a request without caches. Changes nothing.</summary>
    public Translation Peek(in TranslationQuery query) =>
        Translate(query with { Demand = query.Demand | WalkDemand.Peek }, caching: false);

    /// <summary>Finds the scalable-mode context entry of a requester. The reference is valid until the caches change.</summary>
    public ref readonly ScalableContextEntry FindContext(RequesterId requester, out FaultReason fault, out bool unreported) =>
        ref FindContext(requester, _options.Caching, out fault, out unreported);

    /// <summary>Finds the address space of a PASID. The reference is valid until the caches change.</summary>
    public ref readonly AddressSpaceContext FindAddressSpace(
        RequesterId requester, in ScalableContextEntry context, Pasid pasid, out FaultReason fault, out bool unreported) =>
        ref FindAddressSpace(requester, context, pasid, _options.Caching, out fault, out unreported);

    private Translation Translate(in TranslationQuery query, bool caching)
    {
        if (query.AddressType == AddressType.Untranslated)
        {
            // The PASID is ignored while translation is disabled (VT-d 3.1).
            if (!(query.Prefix.IsPresent && IsEnabled) && InterruptRange.Contains(query.Address))
                return Translation.Interrupt(query.Address);
            if (!IsEnabled)
                return Translation.Identity(query.Address);
        }
        else if (!IsEnabled || IsProtocolError(query))
        {
            return Block(FaultReason.None);
        }

        switch (Root.Mode)
        {
            case TranslationTableMode.Legacy:
                return TranslateLegacy(query, caching);
            case TranslationTableMode.Scalable when _scalable:
                return _blocksExecuteRequests && query.Prefix.ExecuteRequested ? Block(FaultReason.ExecuteRequested) : TranslateScalable(query, caching);
            case TranslationTableMode.AbortDma when _abortsDma:
                return Block(FaultReason.AbortDmaMode);
            default:
                return Block(FaultReason.RootTableAddressInvalid);
        }
    }

    // The unit blocks such requests before a read of the tables, and does not record them (VT-d 4.2.1, 4.2.5).
    private bool IsProtocolError(in TranslationQuery query) =>
        query.AddressType == AddressType.Translated && query.Prefix.IsPresent && !_pasidsInTranslatedRequests;

    private FaultReason InterruptRangeReason =>
        Root.Mode == TranslationTableMode.Legacy ? FaultReason.InterruptRangeOutput : FaultReason.ScalableInterruptRange;

    private Translation TranslateLegacy(in TranslationQuery query, bool caching)
    {
        if (query.Prefix.IsPresent)
            return Block(FaultReason.PasidInLegacyMode);
        ref readonly AddressSpaceContext space = ref FindLegacyContext(query.Requester, caching, out FaultReason fault, out bool unreported);
        if (fault == FaultReason.None && query.AddressType != AddressType.Untranslated && !space.AllowsDeviceTlb)
            fault = FaultReason.RequestTypeBlocked;
        if (fault != FaultReason.None)
            return Translation.Blocked(fault, unreported);
        return query.AddressType == AddressType.Translated
            ? PassTranslatedRequest(query, FaultReason.AddressBeyondWidth, unreported)
            : TranslateIn(space, query, caching);
    }

    // The address of a translated request is already translated. Only the permission to send one and the range of the address are checked.
    private Translation PassTranslatedRequest(in TranslationQuery query, FaultReason beyondWidth, bool unreported)
    {
        if (IsBeyondHostWidth(query.Address))
            return Translation.Blocked(beyondWidth, unreported);
        return InterruptRange.Contains(query.Address) ? Translation.Blocked(InterruptRangeReason, unreported) : Translation.Identity(query.Address);
    }

    private Translation TranslateScalable(in TranslationQuery query, bool caching)
    {
        ref readonly ScalableContextEntry context = ref FindContext(query.Requester, caching, out FaultReason fault, out bool unreported);
        if (fault != FaultReason.None)
            return Translation.Blocked(fault, unreported);
        if (query.AddressType != AddressType.Untranslated && !context.DeviceTlbEnable)
            return Translation.Blocked(FaultReason.DeviceTlbDisabled, unreported);
        if (query.Prefix.IsPresent && CheckPasid(query, context) is var denied and not FaultReason.None)
            return Translation.Blocked(denied, unreported);
        if (query.AddressType == AddressType.Translated)
            return PassTranslatedRequest(query, FaultReason.AddressBeyondHostWidth, unreported);

        Pasid pasid = query.Prefix.IsPresent ? query.Prefix.Pasid : context.RidPasid;
        ref readonly AddressSpaceContext space = ref FindAddressSpace(query.Requester, context, pasid, caching, out fault, out unreported);
        if (fault != FaultReason.None)
            return Translation.Blocked(fault, unreported);

        // Without ECAP.RPRIVS, RID_PRIV is reserved and therefore clear.
        if (!query.Prefix.IsPresent && context.RidPrivilege)
            return TranslateForSupervisor(space, query, caching);
        if (caching)
            _resolved.Add(query, space);
        return TranslateIn(space, query, caching);
    }

    private Translation TranslateForSupervisor(in AddressSpaceContext space, in TranslationQuery query, bool caching) =>
        TranslateIn(space, query with { Demand = query.Demand | WalkDemand.Privileged }, caching).AsForSupervisor();

    // Checks a request with a PASID against the context entry, in the order of the architecture (VT-d 7.1.3). PASIDE does not apply to translated requests.
    private FaultReason CheckPasid(in TranslationQuery query, in ScalableContextEntry context)
    {
        bool translated = query.AddressType == AddressType.Translated;
        if (!translated && !context.PasidEnable)
            return FaultReason.PasidDisabled;
        if (query.Prefix.Pasid.Value >= context.PasidLimit)
            return FaultReason.PasidBeyondDirectory;
        if (query.Prefix.Pasid == context.RidPasid)
            return FaultReason.RidPasidInvalid;
        if (translated && !context.PasidInTranslatedRequestsEnable)
            return FaultReason.PasidInTranslatedRequestsDisabled;
        return query.Prefix.Pasid.Value < _pasids ? FaultReason.None : FaultReason.PasidTooWide;
    }

    private Translation TranslateIn(in AddressSpaceContext space, in TranslationQuery query, bool caching)
    {
        if (CheckPrivileges(space, query.Demand) is var denied and not FaultReason.None)
            return Translation.Blocked(denied, space.FaultProcessingDisable);

        TranslationTag tag = new(query.Requester, query.Prefix);
        if (caching)
        {
            ref readonly CachedTranslation cached = ref _caches.Iotlb.Find(tag, query.Address);
            if (!Unsafe.IsNullRef(in cached))
            {
                FaultReason lacking = PageAccess.Check(cached.Rights, query.Demand);
                if (lacking == FaultReason.None && (cached.Rights.Has(PageRights.Dirty) || !query.Demand.Has(WalkDemand.Write)))
                    return TranslateByCache(cached, space, query);

                // Otherwise a walk can find the right in the tables now, or must set D.
                if (lacking != FaultReason.None && _options.FaultsOnCachedRights && !query.Demand.Has(WalkDemand.TranslationRequest))
                    return Translation.Blocked(space.IsLegacy ? LegacyReasonOf(lacking) : lacking, space.FaultProcessingDisable);
            }
        }

        return TranslateByTables(space, query, tag, caching);
    }

    private Translation TranslateByCache(in CachedTranslation cached, in AddressSpaceContext space, in TranslationQuery query)
    {
        Translation translation = Translation.Cached(cached, query.Address);
        if (query.Demand.Has(WalkDemand.TranslationRequest))
            return ForCompletion(translation, space);
        return InterruptRange.Contains(translation.Address) ? BlockedInInterruptRange(space) : translation;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Translation TranslateByTables(in AddressSpaceContext space, in TranslationQuery query, TranslationTag tag, bool caching)
    {
        // This is a translation request for the interrupt range, because other requests without a PASID end earlier. Nothing is cached.
        if (!query.Prefix.IsPresent && InterruptRange.Contains(query.Address))
            return Translation.Interrupt(query.Address);
        if (space.Grant == PasidGrantType.PassThrough)
            return PassThrough(space, query, tag, caching);
        WalkResult result = space.HasFirstStage
            ? _firstStage.TryWalkPlainly(space, query.Address, query.Demand)
            : _secondStage.TryWalkPlainly(space, query.Address, query.Demand);
        if (!result.IsPresent)
            return TranslateByExactWalk(space, query, tag, caching);
        if (caching)
            _caches.Iotlb.Add(tag, query.Address, result.ToCached(space));
        return Translation.Walked(result);
    }

    // A separate method, so that the result of other walks stays in registers.
    private Translation TranslateByExactWalk(in AddressSpaceContext space, in TranslationQuery query, TranslationTag tag, bool caching)
    {
        FaultReason fault = Walk(space, query, out WalkResult result);
        if (fault != FaultReason.None)
            return Translation.Blocked(fault, space.FaultProcessingDisable);
        if (caching && result.Rights != PageRights.None)
            _caches.Iotlb.Add(tag, query.Address, result.ToCached(space));
        return Translation.Walked(result);
    }

    private FaultReason Walk(in AddressSpaceContext space, in TranslationQuery query, out WalkResult result)
    {
        if (space.HasFirstStage)
            return _firstStage.Walk(space, query.Address, query.Demand, out result);
        SecondStageFault fault = _secondStage.Walk(space, query.Address, query.Demand, out result);
        return space.IsLegacy ? PageAccess.LegacyReasonOf(fault, query.Demand) : PageAccess.ReasonOf(fault);
    }

    // Pass-through is cached as a translation in scalable mode. In legacy mode the cached context entry is enough.
    private Translation PassThrough(in AddressSpaceContext space, in TranslationQuery query, TranslationTag tag, bool caching)
    {
        if (IsBeyondHostWidth(query.Address))
            return Translation.Blocked(HostWidthReason(space), space.FaultProcessingDisable);
        Translation identity = Translation.Identity(query.Address);
        bool isTranslationRequest = query.Demand.Has(WalkDemand.TranslationRequest);
        if (!isTranslationRequest && InterruptRange.Contains(query.Address))
            return BlockedInInterruptRange(space);
        if (caching && !space.IsLegacy)
        {
            CachedTranslation entry = new(
                query.Address & ~PageMask, space.Pasid, space.Domain, new PageDetails(level: 1, firstStageLevel: 0, identity.Rights | PageRights.PassThrough));
            _caches.Iotlb.Add(tag, query.Address, entry);
        }

        return isTranslationRequest ? ForCompletion(identity, space) : identity;
    }

    // A translation completion is for a whole page, which must not overlap the interrupt range. With pass-through it is for the largest page of the unit, because
    // each later translated request to the interrupt range is blocked (VT-d 4.2.3; Table 30, SGN.8).
    private Translation ForCompletion(in Translation translation, in AddressSpaceContext space)
    {
        if (translation.Kind == TranslationKind.Identity)
            return translation.WithLevel(_largestPageLevel);
        int shift = translation.PageShift;
        return InterruptRange.Overlaps(translation.Address >> shift << shift, 1UL << shift) ? BlockedInInterruptRange(space) : translation;
    }

    private static int LargestPageLevel(in VtdCapabilities capabilities)
    {
        if (capabilities.OneGigabyteFirstStagePages || capabilities.SupportsSecondStagePage(3))
            return 3;
        return capabilities.FirstStage || capabilities.SupportsSecondStagePage(2) ? 2 : 1;
    }

    private static Translation BlockedInInterruptRange(in AddressSpaceContext space) => Translation.Blocked(
        space.IsLegacy ? FaultReason.InterruptRangeOutput : FaultReason.ScalableInterruptRange, space.FaultProcessingDisable);

    // Privileged requests have a PASID, and legacy mode blocks requests with a PASID.
    private FaultReason CheckPrivileges(in AddressSpaceContext space, WalkDemand demand)
    {
        if (demand.Has(WalkDemand.Execute) && !(_capabilities.ExecuteRequests && space.ExecuteRequestEnable))
            return FaultReason.ExecuteRequestsDisabled;
        return demand.Has(WalkDemand.Privileged) && !space.SupervisorRequestEnable ? FaultReason.SupervisorRequestsDisabled : FaultReason.None;
    }

    private bool IsBeyondHostWidth(ulong address) => (address & _capabilities.AboveHostAddressWidth) != 0;

    private static FaultReason HostWidthReason(in AddressSpaceContext space) =>
        space.IsLegacy ? FaultReason.AddressBeyondWidth : FaultReason.AddressBeyondHostWidth;

    private static FaultReason LegacyReasonOf(FaultReason reason) =>
        reason == FaultReason.ScalableWriteDenied ? FaultReason.WriteDenied : FaultReason.ReadDenied;

    // The three methods return a reference into the cache, or to the entry that was just read, so that a hit does not copy the long entry.
    private ref readonly AddressSpaceContext FindLegacyContext(RequesterId requester, bool caching, out FaultReason fault, out bool unreported)
    {
        RequesterKey key = new(requester, default);
        if (caching)
        {
            ref AddressSpaceContext cached = ref _caches.LegacyContexts.Find(key);
            if (!Unsafe.IsNullRef(ref cached))
            {
                unreported = cached.FaultProcessingDisable;
                fault = FaultReason.None;
                return ref cached;
            }
        }

        fault = _tables.ReadContext(Root, requester, out _readSpace, out unreported);
        if (fault == FaultReason.None && caching)
            _caches.LegacyContexts.Add(key, _readSpace);
        return ref _readSpace;
    }

    private ref readonly ScalableContextEntry FindContext(RequesterId requester, bool caching, out FaultReason fault, out bool unreported)
    {
        RequesterKey key = new(requester, default);
        if (caching)
        {
            ref ScalableContextEntry cached = ref _caches.Contexts.Find(key);
            if (!Unsafe.IsNullRef(ref cached))
            {
                unreported = cached.FaultProcessingDisable;
                fault = FaultReason.None;
                return ref cached;
            }
        }

        fault = _tables.ReadScalableContext(Root, requester, out _readContext, out unreported);
        if (fault == FaultReason.None && caching)
            _caches.Contexts.Add(key, _readContext);
        return ref _readContext;
    }

    private ref readonly AddressSpaceContext FindAddressSpace(
        RequesterId requester, in ScalableContextEntry context, Pasid pasid, bool caching, out FaultReason fault, out bool unreported)
    {
        RequesterKey key = new(requester, pasid);
        if (caching)
        {
            ref AddressSpaceContext cached = ref _caches.Pasids.Find(key);
            if (!Unsafe.IsNullRef(ref cached))
            {
                unreported = cached.FaultProcessingDisable;
                fault = FaultReason.None;
                return ref cached;
            }
        }

        fault = _tables.ReadAddressSpace(context, pasid, out _readSpace, out unreported);
        if (fault == FaultReason.None && caching)
            _caches.Pasids.Add(key, _readSpace);
        return ref _readSpace;
    }

    private static Translation Block(FaultReason reason) => Translation.Blocked(reason, unreported: false);
}
