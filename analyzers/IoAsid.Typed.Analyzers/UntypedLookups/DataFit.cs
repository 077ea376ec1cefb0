using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Analyzers;

/// <summary>The degree to which the data of a typed set or reader fits the expectation of the code.</summary>
internal enum DataFit
{
    /// <summary>The expected data can't be there, or would be looked for in a part only.</summary>
    None,

    /// <summary>The expected type is unknown.</summary>
    Unasked,

    /// <summary>Every expected type is a subtype of the data: the code's own test of the type stays.</summary>
    Base,

    /// <summary>The data has exactly the expected type.</summary>
    Exact,
}

/// <summary>Compares data types.</summary>
internal static class DataFits
{
    public static DataFit Of(ITypeSymbol data, ImmutableArray<ITypeSymbol> expected, Compilation compilation)
    {
        if (expected.IsEmpty)
            return DataFit.Unasked;

        if (expected.Length == 1 && SymbolEqualityComparer.Default.Equals(expected[0], data))
            return DataFit.Exact;

        // All data is an object, so a set of objects does not describe it.
        bool isBase = data.SpecialType != SpecialType.System_Object
            && expected.All(type => compilation.ClassifyConversion(type, data) is { IsImplicit: true, IsUserDefined: false });
        return isBase ? DataFit.Base : DataFit.None;
    }
}
