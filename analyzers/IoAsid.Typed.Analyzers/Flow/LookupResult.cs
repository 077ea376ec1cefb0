using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The answers of the members of a hold, reference, handle or lookup.</summary>
internal static class LookupResult
{
    /// <param name="value">What is known of the value whose member is read.</param>
    /// <param name="member">The member.</param>
    public static Known? Member(Known? value, IPropertyReferenceOperation member) => member.Property.Name switch
    {
        "IsHeld" or "IsFound" => Known.Of(IsFound(value)),
        "IsReleased" or "IsStale" => Known.Ended.Equals(value) ? Known.True : null,
        "Data" => Known.Found.Equals(value) ? Known.NotNull : Known.Missing.Equals(value) ? Known.Null : null,
        "Status" => Known.Found.Equals(value) ? StatusFound(member.Type) : Known.Missing.Equals(value) && StatusFound(member.Type) is { } found ? Known.OtherThan(found) : null,
        _ => null,
    };

    private static bool? IsFound(Known? value) =>
        Known.Found.Equals(value) ? true : Known.Missing.Equals(value) || Known.Ended.Equals(value) ? false : null;

    private static Known? StatusFound(ITypeSymbol? status) =>
        status?.GetMembers("Found").OfType<IFieldSymbol>().FirstOrDefault() is { HasConstantValue: true } found ? Known.Of(found.ConstantValue) : null;
}
