using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The meaning of the values of encoded fields.</summary>
internal static class FieldMeaning
{
    /// <summary>Returns the meaning of a value in words; null if the value is a number.</summary>
    public static string? Of(Layout layout, string field, ulong value) => field switch
    {
        "PGTT" => (PasidGrantType)value switch
        {
            PasidGrantType.FirstStage => "first stage",
            PasidGrantType.SecondStage => "second stage",
            PasidGrantType.Nested => "nested",
            PasidGrantType.PassThrough => "pass-through",
            _ => "reserved",
        },
        "TT" => (TranslationType)value switch
        {
            TranslationType.AllRequests => "device TLB enabled",
            TranslationType.PassThrough => "pass-through",
            _ => "reserved",
        },
        "AW" when value is >= 1 and <= 3 => $"{((AddressWidth)value).Bits()} bits, {((AddressWidth)value).Levels()} levels",
        "AW" => "reserved",
        "FSPM" => (FirstStagePagingMode)value == FirstStagePagingMode.FiveLevel ? "5 levels" : "reserved",
        "PDTS" when ReferenceEquals(layout, ScalableContextEntry.Layout) => $"PASIDs below 0x{1UL << (int)value + 13:X}",
        _ => null,
    };
}
