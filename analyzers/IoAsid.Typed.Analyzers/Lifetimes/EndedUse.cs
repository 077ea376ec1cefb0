using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>Members of handles, holds and references that must not be used after their end.</summary>
internal static class EndedUse
{
    /// <summary>Returns the handle, hold or reference whose member an operation uses, if that member throws after the end.</summary>
    public static IOperation? Of(IOperation operation, SdkSymbols sdk)
    {
        (IOperation? instance, ISymbol? member) = operation switch
        {
            IPropertyReferenceOperation property => (property.Instance, property.Property),
            IInvocationOperation call => (call.Instance, call.TargetMethod),
            IMethodReferenceOperation method => (method.Instance, (ISymbol)method.Method),
            _ => (null, null),
        };
        return instance is not null && member is not null && Throws(member, sdk) ? instance : null;
    }

    private static bool Throws(ISymbol member, SdkSymbols sdk) => member.Name switch
    {
        "Id" => sdk.Hold.Is(member.ContainingType),
        "Free" or "FreeAsync" or "Dispose" or "IsStale" or "IsReleased" or "IsHeld" or "Status" or "Set" or "Generation" => false,
        "Equals" or "ToString" or "GetHashCode" or "GetType" => false,
        _ => sdk.Handle.Is(member.ContainingType) || sdk.Hold.Is(member.ContainingType) || sdk.Reference.IsBaseOf(member.ContainingType),
    };
}
