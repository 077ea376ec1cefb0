using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>The words of the messages: the member, where it looks, and the set to look in instead.</summary>
internal static class UntypedLookupWording
{
    public static string WhereItLooks(UntypedLookupUse use) => use.Presence switch
    {
        SetPresence.Null => "looks in every set",
        SetPresence.MaybeNull => $"looks in every set when '{Sets(use)}' is null",
        _ => "gets no set",
    };

    public static string Sets(UntypedLookupUse use) => string.Join("', '", use.Sets.Select(set => Inline(set)));

    /// <summary>Returns the given set itself if it is typed and fits, otherwise the type of set that would.</summary>
    public static string TypedSet(UntypedLookupUse use, ImmutableArray<ITypeSymbol> expected, SdkSymbols sdk)
    {
        if (use.TypedSetThatFits(expected, sdk) is { } set)
            return $"'{Inline(set)}' itself, an {Display(set.Type!)},";

        return SetOf(expected);
    }

    public static string SetOf(ImmutableArray<ITypeSymbol> expected) =>
        expected.Length == 1 ? $"an IoAsidSet<{Display(expected[0])}>" : "an IoAsidSet<TData> of the expected data";

    private static string Display(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);

    /// <summary>Returns code as one line, so that a message stays one line.</summary>
    private static string Inline(IOperation set) =>
        string.Join(" ", UntypedLookupUse.Written(set).ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
