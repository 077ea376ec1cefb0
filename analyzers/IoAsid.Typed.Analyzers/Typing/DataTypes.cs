using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>The difference between data types that describe the data of an id and types of any data.</summary>
internal static class DataTypes
{
    /// <summary>Returns the reason why a type does not describe the data, or null if it does.</summary>
    public static string? WhyItSaysNothing(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_Object } or { TypeKind: TypeKind.Dynamic } => "every object is one",
        { SpecialType: SpecialType.System_Delegate or SpecialType.System_MulticastDelegate } => "every delegate is one",
        { SpecialType: SpecialType.System_Array } => "every array is one",
        { SpecialType: SpecialType.System_ValueType or SpecialType.System_Enum } => "every boxed value may be one",
        { SpecialType: SpecialType.System_String } => "a text refers to other data",
        { SpecialType: SpecialType.System_IDisposable } or { Name: "IAsyncDisposable", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } =>
            "it only tells that the data is disposed",
        INamedTypeSymbol { TypeKind: TypeKind.Class } box when IsBoxOfPointer(box) => "it only wraps a pointer to the data",
        _ => null,
    };

    /// <summary>
    /// Returns true if a type is a class whose only field is a native integer, pointer or <c>SafeHandle</c>, and which has no other method. A class with a method of
    /// its own is a typed wrapper of native data, and describes the data.
    /// </summary>
    private static bool IsBoxOfPointer(INamedTypeSymbol type)
    {
        if (type.BaseType?.SpecialType != SpecialType.System_Object || type.IsAbstract)
            return false;

        IFieldSymbol[] fields = [.. type.GetMembers().OfType<IFieldSymbol>().Where(field => !field.IsStatic)];
        return fields.Length == 1 && PointsSomewhere(fields[0].Type) && type.GetMembers().OfType<IMethodSymbol>().All(SaysNothing);
    }

    private static bool PointsSomewhere(ITypeSymbol type) =>
        type.SpecialType is SpecialType.System_IntPtr or SpecialType.System_UIntPtr
        || type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer
        || IsSafeHandle(type);

    private static bool IsSafeHandle(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type is { Name: "SafeHandle", ContainingNamespace.Name: "InteropServices" })
                return true;
        }

        return false;
    }

    /// <summary>Returns true if a member is one that any box has: construction, destruction, equality, text and access to the field.</summary>
    private static bool SaysNothing(IMethodSymbol method) =>
        method.IsImplicitlyDeclared
        || method.IsStatic
        || method.IsOverride
        || method.MethodKind is not MethodKind.Ordinary
        || method.Name is "Dispose" or "Equals" or "Deconstruct";
}
