using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>Methods of the framework that look at their arguments and keep nothing.</summary>
internal static class PlainMethods
{
    public static bool Contain(IMethodSymbol method) => method.ContainingType switch
    {
        { Name: "ArgumentNullException" or "Object" or "GC" or "Console" or "String", ContainingNamespace.Name: "System" } => true,
        { Name: "Monitor", ContainingNamespace: { Name: "Threading", ContainingNamespace.Name: "System" } } => true,
        { Name: "Debug" or "Trace", ContainingNamespace: { Name: "Diagnostics", ContainingNamespace.Name: "System" } } => true,
        _ => false,
    };
}
