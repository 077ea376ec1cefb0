using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The promises that a method's attributes make about its return: <c>[DoesNotReturn]</c>, <c>[DoesNotReturnIf]</c> and <c>[NotNullWhen]</c>.</summary>
internal sealed class ReturnContract
{
    private static readonly ConditionalWeakTable<IMethodSymbol, ReturnContract> Known = new();
    private static readonly ReturnContract Nothing = new(isNever: false, [], []);

    private readonly ImmutableArray<(int Ordinal, bool Value)> _never;
    private readonly ImmutableArray<(int Ordinal, bool Value)> _notNull;

    private ReturnContract(bool isNever, ImmutableArray<(int Ordinal, bool Value)> never, ImmutableArray<(int Ordinal, bool Value)> notNull)
    {
        IsNever = isNever;
        _never = never;
        _notNull = notNull;
    }

    /// <summary>Gets a value indicating whether the method never returns.</summary>
    public bool IsNever { get; }

    public static ReturnContract Of(IMethodSymbol? method) => method is null ? Nothing : Known.GetValue(method.OriginalDefinition, Read);

    /// <summary>Returns the conditions of a call that keep it from returning if they have the value.</summary>
    public IEnumerable<(IOperation Condition, bool Value)> NeverReturnsIf(ImmutableArray<IArgumentOperation> arguments) => Among(arguments, _never);

    /// <summary>Returns the arguments of a call that are not null if the call returns the value.</summary>
    public IEnumerable<(IOperation Argument, bool Value)> NotNullWhen(ImmutableArray<IArgumentOperation> arguments) => Among(arguments, _notNull);

    /// <summary>Returns true if a method only tests its only parameter for null. <c>Equals</c> compares with another value, too, and a test of a string may test for an empty one.</summary>
    public static bool IsNullTest(IMethodSymbol method) =>
        method is { IsStatic: true, ReturnType.SpecialType: SpecialType.System_Boolean, Parameters.Length: 1 }
        && method.Parameters[0] is { RefKind: RefKind.None, Type.SpecialType: not SpecialType.System_String }
        && !Of(method)._notNull.IsEmpty;

    private static ReturnContract Read(IMethodSymbol method)
    {
        bool isNever = Value(method, "DoesNotReturnAttribute") is not null;
        ImmutableArray<(int, bool)> never = Marked(method, "DoesNotReturnIfAttribute");
        ImmutableArray<(int, bool)> notNull = Marked(method, "NotNullWhenAttribute");
        return isNever || never.Length + notNull.Length > 0 ? new ReturnContract(isNever, never, notNull) : Nothing;
    }

    private static ImmutableArray<(int Ordinal, bool Value)> Marked(IMethodSymbol method, string attribute)
    {
        ImmutableArray<(int, bool)>.Builder? marked = null;
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (Value(parameter, attribute) is { } value)
                (marked ??= ImmutableArray.CreateBuilder<(int, bool)>()).Add((parameter.Ordinal, value));
        }

        return marked?.ToImmutable() ?? [];
    }

    private static bool? Value(ISymbol symbol, string attribute)
    {
        foreach (AttributeData data in symbol.GetAttributes())
        {
            if (string.Equals(data.AttributeClass?.Name, attribute, StringComparison.Ordinal))
                return data.ConstructorArguments.FirstOrDefault().Value as bool? ?? true;
        }

        return null;
    }

    private static IEnumerable<(IOperation, bool)> Among(ImmutableArray<IArgumentOperation> arguments, ImmutableArray<(int Ordinal, bool Value)> marked)
    {
        if (marked.IsEmpty)
            yield break;

        foreach (IArgumentOperation argument in arguments)
        {
            foreach ((int ordinal, bool value) in marked)
            {
                if (argument.Parameter?.Ordinal == ordinal)
                    yield return (argument.Value, value);
            }
        }
    }
}
