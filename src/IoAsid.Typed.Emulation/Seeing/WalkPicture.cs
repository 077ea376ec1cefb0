using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// A request's walk as text: the tables it goes through, each entry with address, raw bits and fields, what is missing where it is refused, and where
/// it ends. It is the walk the unit would do at this moment with empty caches; taking the picture sets, caches and records nothing, and tells no
/// observer. Immutable.
/// </summary>
public sealed class WalkPicture
{
    private readonly string _text;

    private WalkPicture(in Translation translation, string text)
    {
        IsRefused = translation.Kind == TranslationKind.Blocked;
        Reason = translation.Reason;
        Address = translation.Address;
        _text = text;
    }

    /// <summary>Whether the request is refused.</summary>
    public bool IsRefused { get; }

    /// <summary>Why it is refused; none if it is not, or if it is refused without a reason (abort-DMA mode).</summary>
    public FaultReason Reason { get; }

    /// <summary>The host address of the very byte that was asked for; 0 if it is refused.</summary>
    public ulong Address { get; }

    /// <summary>Draws the walk of a memory request.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="request">The request. Of one that crosses pages, the first page is drawn.</param>
    /// <returns>The picture.</returns>
    public static WalkPicture Of(EmulatedIommuUnit unit, in DmaRequest request) => Of(VtdOf(unit), request);

    /// <summary>Draws the walk of a memory request, and the entries that the caches of the unit hold for it, fresh or stale.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="request">The request. Of one that crosses pages, the first page is drawn.</param>
    /// <returns>The picture.</returns>
    public static WalkPicture WithCaches(EmulatedIommuUnit unit, in DmaRequest request) => WithCaches(VtdOf(unit), request);

    internal static WalkPicture Of(VtdUnit unit, in DmaRequest request) => Of(unit, TranslationQuery.Of(request), Title(request), caches: false);

    internal static WalkPicture Of(VtdUnit unit, in TranslationRequest request) => Of(unit, TranslationQuery.Of(request), Title(request), caches: false);

    internal static WalkPicture WithCaches(VtdUnit unit, in DmaRequest request) => Of(unit, TranslationQuery.Of(request), Title(request), caches: true);

    internal static WalkPicture WithCaches(VtdUnit unit, in TranslationRequest request) => Of(unit, TranslationQuery.Of(request), Title(request), caches: true);

    /// <summary>The picture.</summary>
    /// <returns>Lines that end in a line feed.</returns>
    public override string ToString() => _text;

    /// <summary>A translator like the unit's own, that caches nothing and changes no memory.</summary>
    internal static Translator Onlooker(UnitParts unit, IWalkWitness witness) => new(
        unit.Options with { Caching = false }, new TableMemory(unit.Memory) { Witness = witness }, unit.Caches)
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
        $"{Name(request.Access)} of 0x{request.Address:X} by {request.Requester}, {request.Prefix}{(request.IsTranslated ? ", translated already" : "")}";

    private static string Title(in TranslationRequest request) =>
        $"translation of 0x{request.Address:X}{(request.NoWrite ? " to read" : " to read and write")} for {request.Requester}, {request.Prefix}";

    private static WalkPicture Of(VtdUnit pictured, in TranslationQuery query, string request, bool caches)
    {
        UnitParts unit = pictured.Parts;
        WalkLog log = new();
        Translation translation = Onlooker(unit, log).Translate(query);
        PictureText text = new();
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
        TranslationKind.Identity => $"0x{translation.Address:X}, as it is",
        TranslationKind.Interrupt when query.Demand.Has(WalkDemand.Ask) => "interrupts, never translated: to be sent untranslated",
        TranslationKind.Interrupt => "an interrupt, never translated",
        TranslationKind.Mapped => $"0x{translation.Address:X} {RightsText.Of(translation.Rights)}, in a page of {Size(translation.PageShift)}",
        _ when query.Demand.Has(WalkDemand.Ask) && AtsAnswer.Answer(translation, query, out _) == CompletionStatus.Success =>
            $"answered without rights, and {(AtsAnswer.IsRecordedWithData(translation.Reason) ? "" : "not ")}recorded: {translation.Reason.Describe()}",
        _ when translation.Reason == FaultReason.None => "refused without a reason",
        _ => $"refused, {translation.Reason.Describe()}{(translation.IsUnreported ? "; not recorded, as FPD is set" : "")}",
    };

    private static string Name(DmaAccess access) => access switch
    {
        DmaAccess.Write => "write",
        DmaAccess.Atomic => "atomic operation",
        DmaAccess.ZeroLengthRead => "read of no bytes",
        _ => "read",
    };

    private static string Name(TranslationTableMode mode) => mode switch
    {
        TranslationTableMode.Legacy => "legacy mode",
        TranslationTableMode.Scalable => "scalable mode",
        TranslationTableMode.AbortDma => "abort-DMA mode",
        _ => "in no mode there is",
    };

    private static string Size(int shift) => shift switch
    {
        >= 30 => $"{1UL << shift - 30} GiB",
        >= 20 => $"{1UL << shift - 20} MiB",
        _ => $"{1UL << shift - 10} KiB",
    };
}
