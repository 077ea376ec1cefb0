using System.Runtime.CompilerServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>A comparison of the cached entries of a unit for a request with the tables. It does not change the caches.</summary>
internal sealed class CachePicture(UnitParts unit, TranslationQuery query)
{
    private readonly TableReader _tables = new(new TableMemory(unit.Memory, new UnitObservers()), unit.Options.Capabilities);

    /// <summary>Returns a line for each cache that the request uses.</summary>
    public IEnumerable<string> Lines() => unit.Translator.Root.Mode switch
    {
        _ when !unit.Translator.IsEnabled => ["no cache is used: translation is disabled"],
        TranslationTableMode.Legacy => LegacyLines(),
        TranslationTableMode.Scalable => ScalableLines(),
        _ => ["no cache is used in this table mode"],
    };

    private IEnumerable<string> LegacyLines()
    {
        FaultReason fault = _tables.ReadContext(unit.Translator.Root, query.Requester, out AddressSpaceContext fresh, out _);
        AddressSpaceContext? cached = Held(unit.Caches.LegacyContexts, new RequesterKey(query.Requester, default));
        yield return Compare("context cache", cached, fresh, fault, Describe);
        if (cached is not null || fault == FaultReason.None)
            yield return Iotlb();
    }

    private IEnumerable<string> ScalableLines()
    {
        FaultReason fault = _tables.ReadScalableContext(unit.Translator.Root, query.Requester, out ScalableContextEntry fresh, out _);
        ScalableContextEntry? cached = Held(unit.Caches.Contexts, new RequesterKey(query.Requester, default));
        yield return Compare("context cache", cached, fresh, fault, Describe);
        if (cached is null && fault != FaultReason.None)
            yield break;

        ScalableContextEntry context = cached ?? fresh;
        Pasid pasid = query.Prefix.IsPresent ? query.Prefix.Pasid : context.RidPasid;
        fault = _tables.ReadAddressSpace(context, pasid, out AddressSpaceContext freshSpace, out _);
        AddressSpaceContext? cachedSpace = Held(unit.Caches.Pasids, new RequesterKey(query.Requester, pasid));
        yield return Compare("PASID cache", cachedSpace, freshSpace, fault, Describe);
        if (cachedSpace is not null || fault == FaultReason.None)
            yield return Iotlb();
    }

    private static TValue? Held<TValue>(TaggedCache<RequesterKey, TValue> cache, RequesterKey key)
        where TValue : struct
    {
        ref TValue found = ref cache.Find(key);
        return Unsafe.IsNullRef(ref found) ? null : found;
    }

    private static string Compare<TValue>(string cache, TValue? cached, TValue fresh, FaultReason fault, Func<TValue, string> describe)
        where TValue : struct, IEquatable<TValue>
    {
        if (cached is not { } held)
            return $"{cache}: no entry";
        if (fault != FaultReason.None)
            return $"{cache}: stale, {describe(held)}; by the table, {fault.Describe()}";
        return held.Equals(fresh) ? $"{cache}: fresh, {describe(held)}" : $"{cache}: stale, {describe(held)}; by the table, {describe(fresh)}";
    }

    private string Iotlb()
    {
        ref readonly CachedTranslation found = ref unit.Caches.Iotlb.Find(new TranslationTag(query.Requester, query.Prefix), query.Address);
        if (Unsafe.IsNullRef(in found))
            return "IOTLB: no entry";
        Translation cached = Translation.Cached(found, query.Address);
        Translation fresh = WalkPicture.CreateTranslator(unit, new WalkLog())
            .Translate(query with { Demand = query.Demand | WalkDemand.TranslationRequest | WalkDemand.Read | WalkDemand.Write });
        string held = $"{Describe(cached)} under domain 0x{found.Domain.Value:X}{(unit.Translator.Root.Mode == TranslationTableMode.Legacy ? "" : $", PASID 0x{found.Pasid.Value:X}")}";
        return IsSame(cached, fresh) ? $"IOTLB: fresh, {held}" : $"IOTLB: stale, {held}; by the tables, {Describe(fresh)}";
    }

    // The dirty flag is ignored: the cache may know later than the tables that a page is dirty.
    private static bool IsSame(in Translation cached, in Translation fresh) =>
        fresh.Kind == cached.Kind && fresh.Address == cached.Address
        && (fresh.Rights & ~PageRights.Dirty) == (cached.Rights & ~PageRights.Dirty);

    private static string Describe(Translation translation) =>
        translation.Kind is TranslationKind.Mapped or TranslationKind.Identity ? $"0x{translation.Address:X} {RightsText.Of(translation.Rights)}" : translation.Reason.Describe();

    private static string Describe(ScalableContextEntry context) =>
        $"PASID directory 0x{context.PasidDirectory:X}{(context.DeviceTlbEnable ? ", DTE" : "")}{(context.PasidEnable ? ", PASIDE" : "")}{(context.PageRequestEnable ? ", PRE" : "")}";

    private static string Describe(AddressSpaceContext space)
    {
        string first = space.HasFirstStage ? $", first stage 0x{space.FirstStageTable:X}" : "";
        string second = space.Grant is PasidGrantType.SecondStage or PasidGrantType.Nested ? $", second stage 0x{space.SecondStageTable:X}" : "";
        return $"domain 0x{space.Domain:X}{first}{second}";
    }
}
