using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Layouts.Generator;

/// <summary>The type of a field: its kind and the number of bits that it holds.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct FieldType
{
    private FieldType(FieldKind kind, int width)
    {
        Kind = kind;
        Width = width;
    }

    public FieldKind Kind { get; }

    /// <summary>The number of bits that it holds. Fields are unsigned, so a signed type holds one bit less than it has.</summary>
    public int Width { get; }

    public static FieldType Of(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_Boolean } => new(FieldKind.Boolean, 1),
        INamedTypeSymbol { TypeKind: TypeKind.Enum, EnumUnderlyingType: { } underlying } => new(FieldKind.Enumeration, WidthOf(underlying)),
        _ when WidthOf(type) is > 0 and int width => new(FieldKind.Integer, width),
        INamedTypeSymbol { IsValueType: true } named when named.AllInterfaces.Any(candidate => IsFieldValue(candidate, named)) =>
            new(FieldKind.Value, StatedWidth(named)),
        _ => default,
    };

    /// <summary>Returns the value of an enumeration's constant as a field stores it; null if it is negative.</summary>
    public static ulong? Unsigned(object? constant) => constant switch
    {
        byte value => value,
        ushort value => value,
        uint value => value,
        ulong value => value,
        sbyte and < 0 or short and < 0 or int and < 0 or long and < 0 => null,
        sbyte value => (ulong)value,
        short value => (ulong)value,
        int value => (ulong)value,
        long value => (ulong)value,
        _ => null,
    };

    private static int WidthOf(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Byte => 8,
        SpecialType.System_SByte => 7,
        SpecialType.System_UInt16 => 16,
        SpecialType.System_Int16 => 15,
        SpecialType.System_UInt32 => 32,
        SpecialType.System_Int32 => 31,
        SpecialType.System_UInt64 => 64,
        SpecialType.System_Int64 => 63,
        _ => 0,
    };

    private static bool IsFieldValue(INamedTypeSymbol candidate, INamedTypeSymbol type) =>
        candidate is { Name: "IFieldValue", TypeArguments: [var self] }
        && SymbolEqualityComparer.Default.Equals(self, type)
        && LayoutMarks.IsOurs(candidate);

    private static int StatedWidth(INamedTypeSymbol type)
    {
        ImmutableArray<TypedConstant> arguments = LayoutMarks.Find(type, LayoutMarks.FieldWidth)?.ConstructorArguments ?? [];
        return arguments is [{ Value: int and >= 1 and <= 64 and int width }] ? width : 64;
    }
}
