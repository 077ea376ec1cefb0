using IoAsid.Typed.Analyzers.Flow;
using IoAsid.Typed.Analyzers.Operations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Analyzers.Usage;

/// <summary>The stretches of code that run only because a check of an id succeeded.</summary>
internal sealed class GuardedCode
{
    private readonly Lazy<Body> _body;
    private readonly List<TextSpan> _spans = [];
    private readonly HashSet<ILocalSymbol> _followed = new(SymbolEqualityComparer.Default);

    private GuardedCode(Lazy<Body> body) => _body = body;

    public static IReadOnlyList<TextSpan> By(IdCall check, Lazy<Body> body)
    {
        GuardedCode guarded = new(body);
        if (check.Name is "Find")
            guarded.FollowLookup(check.Call);
        else
            guarded.Follow(check.Call, success: true);

        return guarded._spans;
    }

    /// <summary>Follows what <c>Find</c> returned to where it is tested.</summary>
    private void FollowLookup(IOperation lookup)
    {
        if (!CallStack.HasRoom())
            return;

        switch (lookup.Parent)
        {
            case IPropertyReferenceOperation { Property.Name: "IsFound" } found:
                Follow(found, success: true);
                break;
            case IPropertyReferenceOperation { Property.Name: "Status" } status:
                FollowComparison(status, IsFoundStatus, isSuccess: true);
                break;
            case IPropertyReferenceOperation { Property.Name: "Data" } data:
                FollowComparison(data, IsNull, isSuccess: false);
                break;
            case IIsPatternOperation { Pattern: IRecursivePatternOperation pattern } test when AsksForData(pattern):
                Follow(test, success: true);
                break;
            default:
                FollowLocal(lookup, FollowLookup);
                break;
        }
    }

    /// <summary>Follows a value that is compared to something which tells success or failure.</summary>
    private void FollowComparison(IOperation value, Func<IOperation, bool> tells, bool isSuccess)
    {
        if (!CallStack.HasRoom())
            return;

        switch (value.Parent)
        {
            case IConversionOperation { IsImplicit: true } conversion:
                FollowComparison(conversion, tells, isSuccess);
                break;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } comparison
                when tells(comparison.LeftOperand == value ? comparison.RightOperand : comparison.LeftOperand):
                Follow(comparison, isSuccess == (comparison.OperatorKind == BinaryOperatorKind.Equals));
                break;
            case IIsPatternOperation test when test.Value == value && Tells(test.Pattern) is { } isMatch:
                Follow(test, isSuccess == isMatch);
                break;
        }

        bool? Tells(IPatternOperation pattern) => pattern switch
        {
            IConstantPatternOperation constant when tells(constant.Value) => true,
            INegatedPatternOperation negated when Tells(negated.Pattern) is { } isMatch => !isMatch,
            IDeclarationPatternOperation { MatchesNull: false } or IRecursivePatternOperation or ITypePatternOperation when !isSuccess => false,
            _ => null,
        };
    }

    /// <summary>Follows a condition: what runs when its outcome means that the check succeeded.</summary>
    private void Follow(IOperation condition, bool success)
    {
        if (!CallStack.HasRoom())
            return;

        switch (condition.Parent)
        {
            case IConversionOperation { IsImplicit: true } conversion:
                Follow(conversion, success);
                break;
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } negation:
                Follow(negation, !success);
                break;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } both:
                FollowOperand(condition, both, success);
                break;
            case IConditionalOperation choice when choice.Condition == condition:
                AddBranches(choice, success);
                break;
            case IWhileLoopOperation { ConditionIsTop: true } loop when loop.Condition == condition && success:
                _spans.Add(loop.Body.Syntax.Span);
                break;
            default:
                FollowLocal(condition, read => Follow(read, success));
                break;
        }
    }

    private void FollowOperand(IOperation operand, IBinaryOperation both, bool success)
    {
        if (success != (both.OperatorKind == BinaryOperatorKind.ConditionalAnd))
            return;

        if (both.LeftOperand == operand)
            _spans.Add(both.RightOperand.Syntax.Span);

        Follow(both, success);
    }

    private void AddBranches(IConditionalOperation choice, bool success)
    {
        (IOperation? guarded, IOperation? other) = success ? (choice.WhenTrue, choice.WhenFalse) : (choice.WhenFalse, choice.WhenTrue);
        if (guarded is not null)
            _spans.Add(guarded.Syntax.Span);

        if (other is not null && NeverEnds(other) && choice.Parent is IBlockOperation block)
            _spans.Add(TextSpan.FromBounds(choice.Syntax.Span.End, block.Syntax.Span.End));
    }

    /// <summary>Follows a value to the reads of a local that has no other value.</summary>
    private void FollowLocal(IOperation value, Action<IOperation> follow)
    {
        if (value.Parent is not IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } }
            || !_followed.Add(local))
            return;

        IReadOnlyList<IOperation> references = _body.Value.ReferencesTo(local);
        if (references.Any(Variables.IsWriteTarget))
            return;

        foreach (IOperation read in references)
        {
            if (read is ILocalReferenceOperation)
                follow(read);
        }
    }

    /// <summary>Whether control never reaches the end of a statement, as can be seen at its last line.</summary>
    private static bool NeverEnds(IOperation statement) => statement switch
    {
        _ when !CallStack.HasRoom() => false,
        IReturnOperation { Kind: OperationKind.Return or OperationKind.YieldBreak } or IThrowOperation or IBranchOperation => true,
        IExpressionStatementOperation { Operation: IThrowOperation } => true,
        IBlockOperation { Operations.IsEmpty: false } block => NeverEnds(block.Operations.Last()),
        IConditionalOperation { WhenFalse: { } whenFalse } choice => NeverEnds(choice.WhenTrue) && NeverEnds(whenFalse),
        _ => false,
    };

    private static bool AsksForData(IRecursivePatternOperation pattern) =>
        pattern.PropertySubpatterns.Any(part => part.Member is IPropertyReferenceOperation { Property.Name: var name } && part.Pattern switch
        {
            IConstantPatternOperation constant => name is "IsFound" ? constant.Value.ConstantValue.Value is true : name is "Status" && IsFoundStatus(constant.Value),
            INegatedPatternOperation { Pattern: IConstantPatternOperation constant } => name is "Data" && IsNull(constant.Value),
            IRecursivePatternOperation or IDeclarationPatternOperation { MatchesNull: false } or ITypePatternOperation => name is "Data",
            _ => false,
        });

    private static bool IsNull(IOperation value) => value.ConstantValue is { HasValue: true, Value: null };

    private static bool IsFoundStatus(IOperation value) => Unconverted.Of(value) is IFieldReferenceOperation { Field.Name: "Found" };
}
