using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>The parameters of <c>Deconstruct</c> that give the parts of a value.</summary>
internal static class Deconstructed
{
    /// <summary>Returns the parameter that gives one part of a value of some type.</summary>
    public static IParameterSymbol? Parameter(ITypeSymbol? type, int index, int count)
    {
        for (; type is not null; type = type.BaseType)
        {
            foreach (IMethodSymbol method in type.GetMembers(WellKnownMemberNames.DeconstructMethodName).OfType<IMethodSymbol>())
            {
                if (method.Parameters.Length == count)
                    return Declared(method.Parameters[index]);
            }
        }

        return null;
    }

    /// <summary>Returns the parameters of every <c>Deconstruct</c> of a type.</summary>
    public static IEnumerable<IParameterSymbol> PartsOf(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            foreach (IMethodSymbol method in type.GetMembers(WellKnownMemberNames.DeconstructMethodName).OfType<IMethodSymbol>())
            {
                foreach (IParameterSymbol part in method.Parameters)
                    yield return Declared(part)!;
            }
        }
    }

    /// <summary>Returns the parameter of a record's declaration for a part, if the compiler wrote <c>Deconstruct</c>.</summary>
    public static IParameterSymbol? Declared(IParameterSymbol? part) =>
        part?.ContainingSymbol is IMethodSymbol { IsImplicitlyDeclared: true, ContainingType: { IsRecord: true } record }
            ? record.InstanceConstructors
                .SelectMany(constructor => constructor.Parameters)
                .FirstOrDefault(parameter => string.Equals(parameter.Name, part.Name, StringComparison.Ordinal)) ?? part
            : part;
}
