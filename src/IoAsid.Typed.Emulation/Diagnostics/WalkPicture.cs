using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The walk of a request as text: the tables, each entry with its address, raw bits and fields, the bits that cause a fault, and the result. It is the walk
/// that the unit would make now with empty caches. The creation of a picture changes no memory and no cache, records no fault, and notifies no observer.
/// Immutable.
/// </summary>
public sealed class WalkPicture
{
    private readonly string _text;

    private WalkPicture(in Translation translation, string text)
    {
        IsBlocked = translation.Kind == TranslationKind.Blocked;
        Reason = translation.Reason;
        Address = translation.Address;
        _text = text;
    }

    /// <summary>Gets a value indicating whether the request is blocked.</summary>
    public bool IsBlocked { get; }

    /// <summary>The fault reason. <see cref="FaultReason.None"/> if the request is not blocked, or is blocked without a reason (abort-DMA mode).</summary>
    public FaultReason Reason { get; }

    /// <summary>The host address of the first byte of the request; 0 if the request is blocked.</summary>
    public ulong Address { get; }

    /// <summary>Draws the walk of a memory request.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="request">The request. If it crosses pages, the walk of the first page is drawn.</param>
    /// <returns>The picture.</returns>
    public static WalkPicture Of(EmulatedIommuUnit unit, in DmaRequest request) => Of(VtdOf(unit), request);

    /// <summary>Draws the walk of a memory request, and the cached entries of the unit for the request, fresh or stale.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="request">The request. If it crosses pages, the walk of the first page is drawn.</param>
    /// <returns>The picture.</returns>
    public static WalkPicture WithCaches(EmulatedIommuUnit unit, in DmaRequest request) => WithCaches(VtdOf(unit), request);

    internal static WalkPicture Of(VtdUnit unit, in DmaRequest request) => Of(unit, TranslationQuery.Of(request), Title(request), caches: false);

    internal static WalkPicture Of(VtdUnit unit, in TranslationRequest request) => Of(unit, TranslationQuery.Of(request), Title(request), caches: false);

    internal static WalkPicture WithCaches(VtdUnit unit, in DmaRequest request) => Of(unit, TranslationQuery.Of(request), Title(request), caches: true);

    internal static WalkPicture WithCaches(VtdUnit unit, in TranslationRequest request) => Of(unit, TranslationQuery.Of(request), Title(request), caches: true);

    /// <summary>Returns the picture as text.</summary>
    /// <returns>Lines, each with a line feed at its end.</returns>
    public override string ToString() => _text;

    /// <summary>Creates a translator with the state of the unit's translator. It does not cache and does not change memory.</summary>
    internal static Translator CreateTranslator(UnitParts unit, IWalkObserver walkObserver) => new(
        unit.Options with { Caching = false }, new TableMemory(unit.Memory, new UnitObservers(), walkObserver), unit.Caches)
    {
        IsEnabled = unit.Translator.IsEnabled,
        Root = unit.Translator.Root,
    };

    private static VtdUnit VtdOf(EmulatedIommuUnit unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        return unit.Vtd;
    }

    private static string Title(in DmaRequest request) =>
        $"{Name(request.Access)} of 0x{request.Address:X} by {request.Requester}, {request.Prefix}{(request.IsTranslated ? ", already translated" : "")}";

    private static string Title(in TranslationRequest request) =>
        $"translation of 0x{request.Address:X}{(request.NoWrite ? " to read" : " to read and write")} for {request.Requester}, {request.Prefix}";

    private static WalkPicture Of(VtdUnit pictured, in TranslationQuery query, string request, bool caches)
    {
        UnitParts unit = pictured.Parts;
        WalkLog log = new();
        Translation translation = CreateTranslator(unit, log).Translate(query);
        WalkPictureWriter text = new();
        text.Line(request);
        if (unit.Translator.IsEnabled)
            text.Line($"|  root table 0x{unit.Translator.Root.Address:X}, {Name(unit.Translator.Root.Mode)}");
        text.Draw(log, translation);
        text.Line($"= {Outcome(translation, query)}");
        if (caches)
        {
            foreach (string line in new CachePicture(unit, query).Lines())
                text.Line($"  {line}");
        }

        return new WalkPicture(translation, text.ToString());
    }

    private static string Outcome(in Translation translation, in TranslationQuery query) => translation.Kind switch
    {
        TranslationKind.Identity => $"0x{translation.Address:X}, not translated",
        TranslationKind.Interrupt when query.Demand.Has(WalkDemand.TranslationRequest) => "interrupt range, not translated: the device must send untranslated requests",
        TranslationKind.Interrupt => "interrupt, not translated",
        TranslationKind.Mapped => $"0x{translation.Address:X} {RightsText.Of(translation.Rights)}, in a page of {Size(translation.PageShift)}",
        _ when query.Demand.Has(WalkDemand.TranslationRequest) && TranslationCompletion.Of(translation, query, out _) == CompletionStatus.Success =>
            $"completed without rights, {(TranslationCompletion.IsRecordedWithData(translation.Reason) ? "" : "not ")}recorded: {translation.Reason.Describe()}",
        _ when translation.Reason == FaultReason.None => "blocked without a reason",
        _ => $"blocked, {translation.Reason.Describe()}{(translation.IsUnreported ? "; not recorded because FPD is set" : "")}",
    };

    private static string Name(DmaAccess access) => access switch
    {
        DmaAccess.Write => "write",
        DmaAccess.Atomic => "atomic operation",
        DmaAccess.ZeroLengthRead => "zero-length read",
        _ => "read",
    };

    private static string Name(TranslationTableMode mode) => mode switch
    {
        TranslationTableMode.Legacy => "legacy mode",
        TranslationTableMode.Scalable => "scalable mode",
        TranslationTableMode.AbortDma => "abort-DMA mode",
        _ => "reserved mode",
    };

    private static string Size(int shift) => shift switch
    {
        >= 30 => $"{1UL << shift - 30} GiB",
        >= 20 => $"{1UL << shift - 20} MiB",
        _ => $"{1UL << shift - 10} KiB",
    };
}
