using System.Collections.Immutable;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.CodeFixes;

/// <summary>The arguments of an untyped call that the typed call needs: the id, and the getter if the call has one. The other arguments may be dropped.</summary>
internal sealed class LookupArguments
{
    private LookupArguments(ExpressionSyntax call, ExpressionSyntax id, bool isNumber, ExpressionSyntax? getter)
    {
        Call = call;
        Id = id;
        IsNumber = isNumber;
        Getter = getter;
    }

    public ExpressionSyntax Call { get; }

    public ExpressionSyntax Id { get; }

    /// <summary>Gets a value indicating whether the id is a bare integer, which the typed lookup wants wrapped.</summary>
    public bool IsNumber { get; }

    public ExpressionSyntax? Getter { get; }

    /// <summary>Returns the arguments, or null unless the meaning of each of them is certain and none is missed when dropped.</summary>
    /// <param name="use">The untyped lookup.</param>
    /// <param name="kept">The given set, if the typed lookup goes through it.</param>
    /// <param name="sdk">The types of the SDK.</param>
    public static LookupArguments? Of(UntypedLookupUse use, IOperation? kept, SdkSymbols sdk)
    {
        (IOperation? receiver, ImmutableArray<IArgumentOperation> arguments) = use.Operation switch
        {
            IInvocationOperation call => (call.Instance, call.Arguments),
            IPropertyReferenceOperation property => (property.Instance, property.Arguments),
            _ => (null, []),
        };
        if (use.Operation.Syntax is not ExpressionSyntax syntax || BeginsInConditionalAccess(syntax) || !CanBeDropped(receiver, kept))
            return null;

        IArgumentOperation? id = null;
        IArgumentOperation? getter = null;
        foreach (IArgumentOperation argument in arguments)
        {
            bool isPlaced = argument switch
            {
                { Parameter: null or { IsParams: true } or { RefKind: not (RefKind.None or RefKind.In) } } => false,
                _ when IsId(argument.Parameter.Type, sdk) => Place(ref id, argument),
                _ when argument.Parameter.Type.TypeKind == TypeKind.Delegate => Place(ref getter, argument),
                _ => SaysWhere(argument.Parameter.Type, sdk) && CanBeDropped(argument.Value, kept),
            };
            if (!isPlaced)
                return null;
        }

        return id is { ArgumentKind: ArgumentKind.Explicit } && TryGetGetter(getter, out ExpressionSyntax? check)
            ? new LookupArguments(syntax, Written(id), isNumber: !sdk.RawId.Is(id.Parameter!.Type), check)
            : null;
    }

    /// <summary>Tries to take a getter over. A getter that may be null has no typed counterpart, because the typed lookup is called with one or without.</summary>
    private static bool TryGetGetter(IArgumentOperation? getter, out ExpressionSyntax? check)
    {
        SetPresence presence = getter is null ? SetPresence.Null : SetPresenceJudgement.Of(getter.Value);
        check = presence == SetPresence.There ? Written(getter!) : null;
        return presence != SetPresence.MaybeNull;
    }

    private static bool Place(ref IArgumentOperation? place, IArgumentOperation argument)
    {
        bool isFree = place is null;
        place = argument;
        return isFree;
    }

    private static bool SaysWhere(ITypeSymbol type, SdkSymbols sdk) => sdk.Space.Is(type) || sdk.IsSetOrReader(type);

    private static bool IsId(ITypeSymbol type, SdkSymbols sdk) =>
        sdk.RawId.Is(type) || type.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64;

    private static ExpressionSyntax Written(IArgumentOperation argument) => ((ArgumentSyntax)argument.Syntax).Expression;

    /// <summary>Returns true if a value is only read, so that it can be dropped. A call, an assignment or an await must still happen.</summary>
    private static bool CanBeDropped(IOperation? value, IOperation? kept) => value == kept || value switch
    {
        null or ILiteralOperation or IDefaultValueOperation or IInstanceReferenceOperation => true,
        ILocalReferenceOperation or IParameterReferenceOperation => true,
        IFieldReferenceOperation field => CanBeDropped(field.Instance, kept),
        IPropertyReferenceOperation property => property.Arguments.IsEmpty && CanBeDropped(property.Instance, kept),
        IConversionOperation conversion => CanBeDropped(conversion.Operand, kept),
        IConditionalOperation choice => new[] { choice.Condition, choice.WhenTrue, choice.WhenFalse }.All(part => CanBeDropped(part, kept)),
        ICoalesceOperation coalesce => CanBeDropped(coalesce.Value, kept) && CanBeDropped(coalesce.WhenNull, kept),
        _ => false,
    };

    /// <summary>Returns true if an expression begins in a conditional access: in <c>table?.Find(id)</c> the call has no receiver of its own to be replaced with.</summary>
    private static bool BeginsInConditionalAccess(ExpressionSyntax expression)
    {
        while (true)
        {
            switch (expression)
            {
                case InvocationExpressionSyntax call:
                    expression = call.Expression;
                    break;
                case MemberAccessExpressionSyntax access:
                    expression = access.Expression;
                    break;
                case ElementAccessExpressionSyntax element:
                    expression = element.Expression;
                    break;
                case PostfixUnaryExpressionSyntax postfix when postfix.IsKind(SyntaxKind.SuppressNullableWarningExpression):
                    expression = postfix.Operand;
                    break;
                default:
                    return expression is MemberBindingExpressionSyntax or ElementBindingExpressionSyntax;
            }
        }
    }
}
