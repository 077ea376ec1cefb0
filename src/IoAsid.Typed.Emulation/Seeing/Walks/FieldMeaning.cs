using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>What the numbers in fields stand for, where that is not the number itself.</summary>
internal static class FieldMeaning
{
    /// <summary>The meaning in words; null if the number says it.</summary>
    public static string? Of(Layout layout, string field, ulong value) => field switch
    {
        "PGTT" => (PasidGrantType)value switch
        {
            PasidGrantType.FirstStage => "first stage",
            PasidGrantType.SecondStage => "second stage",
            PasidGrantType.Nested => "nested",
            PasidGrantType.PassThrough => "pass-through",
            _ => "not a type",
        },
        "TT" => (TranslationType)value switch
        {
            TranslationType.AllRequests => "device TLBs too",
            TranslationType.PassThrough => "pass-through",
            _ => "not a type",
        },
        "AW" when value is >= 1 and <= 3 => $"{((AddressWidth)value).Bits()} bits, {((AddressWidth)value).Levels()} levels",
        "AW" => "not a width",
        "FSPM" => (FirstStagePagingMode)value == FirstStagePagingMode.FiveLevel ? "5 levels" : "not a mode",
        "PDTS" when ReferenceEquals(layout, ScalableContextEntry.Layout) => $"PASIDs below 0x{1UL << (int)value + 13:X}",
        _ => null,
    };
}
