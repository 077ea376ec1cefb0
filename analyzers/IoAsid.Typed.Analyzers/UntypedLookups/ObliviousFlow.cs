using IoAsid.Typed.Analyzers.Operations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.UntypedLookups;

/// <summary>
/// What can be proven of a local or parameter where the compiler tracks no nulls: it holds a value that is there and is never written
/// again, a pattern made it, or a test around the use says so. Anything else is not proven.
/// </summary>
internal static class ObliviousFlow
{
    public static bool IsThere(IOperation use, ISymbol variable, int depth)
    {
        Variables variables = Variables.Around(use);
        return !variables.IsWritten(variable) && (IsBornThere(variable, variables, depth) || IsTested(use, variable));
    }

    private static bool RefersTo(IOperation operation, ISymbol variable) => operation switch
    {
        ILocalReferenceOperation { IsDeclaration: false } reference => SymbolEqualityComparer.Default.Equals(reference.Local, variable),
        IParameterReferenceOperation reference => SymbolEqualityComparer.Default.Equals(reference.Parameter, variable),
        _ => false,
    };

    /// <summary>Whether a variable is declared with a value that is there.</summary>
    private static bool IsBornThere(ISymbol variable, Variables variables, int depth) => variables.PatternThatNames(variable) switch
    {
        IDeclarationPatternOperation declaration => !declaration.MatchesNull,
        IRecursivePatternOperation => true,
        _ => variable is ILocalSymbol local
            && variables.WritesOf(local).OfType<IVariableDeclaratorOperation>().FirstOrDefault()?.GetVariableInitializer() is { } initializer
            && SetPresenceJudgement.Of(initializer.Value, depth) == SetPresence.There,
    };

    private static bool IsTested(IOperation use, ISymbol variable)
    {
        for (IOperation inner = use; inner.Parent is { } outer; inner = outer)
        {
            bool tested = outer switch
            {
                IConditionalOperation choice when choice.WhenTrue == inner => Proves(choice.Condition, variable, outcome: true),
                IConditionalOperation choice when choice.WhenFalse == inner => Proves(choice.Condition, variable, outcome: false),
                IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } both when both.RightOperand == inner =>
                    Proves(both.LeftOperand, variable, outcome: true),
                IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr } either when either.RightOperand == inner =>
                    Proves(either.LeftOperand, variable, outcome: false),
                _ => false,
            };
            if (tested)
                return true;
        }

        return false;
    }

    /// <summary>Whether a condition with this outcome means that the variable is not null.</summary>
    private static bool Proves(IOperation condition, ISymbol variable, bool outcome) => condition switch
    {
        _ when !CallStack.HasRoom() => false,
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } negation => Proves(negation.Operand, variable, !outcome),
        IBinaryOperation binary => ProvesByBinary(binary, variable, outcome),
        IIsTypeOperation test => outcome && Is(test.ValueOperand, variable),
        IIsPatternOperation test => Is(test.Value, variable) && (outcome ? RefusesNull(test.Pattern) : AcceptsNull(test.Pattern)),
        _ => false,
    };

    private static bool ProvesByBinary(IBinaryOperation binary, ISymbol variable, bool outcome) => binary.OperatorKind switch
    {
        BinaryOperatorKind.ConditionalAnd => outcome && EitherSideProves(binary, variable, outcome),
        BinaryOperatorKind.ConditionalOr => !outcome && EitherSideProves(binary, variable, outcome),
        BinaryOperatorKind.NotEquals => outcome && ComparesToNull(binary, variable),
        BinaryOperatorKind.Equals => !outcome && ComparesToNull(binary, variable),
        _ => false,
    };

    private static bool EitherSideProves(IBinaryOperation binary, ISymbol variable, bool outcome) =>
        Proves(binary.LeftOperand, variable, outcome) || Proves(binary.RightOperand, variable, outcome);

    private static bool ComparesToNull(IBinaryOperation test, ISymbol variable) =>
        (Is(test.LeftOperand, variable) && IsNull(test.RightOperand)) || (Is(test.RightOperand, variable) && IsNull(test.LeftOperand));

    private static bool IsNull(IOperation value) => value.ConstantValue is { HasValue: true, Value: null };

    private static bool Is(IOperation value, ISymbol variable) =>
        RefersTo(value is IConversionOperation conversion ? conversion.Operand : value, variable);

    private static bool RefusesNull(IPatternOperation pattern) => pattern switch
    {
        _ when !CallStack.HasRoom() => false,
        IDeclarationPatternOperation declaration => !declaration.MatchesNull,
        ITypePatternOperation or IRecursivePatternOperation => true,
        INegatedPatternOperation negation => AcceptsNull(negation.Pattern),
        _ => false,
    };

    private static bool AcceptsNull(IPatternOperation pattern) => pattern switch
    {
        _ when !CallStack.HasRoom() => false,
        IConstantPatternOperation constant => IsNull(constant.Value),
        INegatedPatternOperation negation => RefusesNull(negation.Pattern),
        _ => false,
    };
}
