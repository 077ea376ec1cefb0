using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The knowledge of expressions on a path, and the knowledge that a test gives by its outcome.</summary>
/// <param name="tracker">Knows the value it follows.</param>
/// <param name="graph">Has the words for names.</param>
internal sealed class Conditions(Tracker tracker, FlowGraph graph)
{
    /// <summary>Deeper expressions are not remembered.</summary>
    private const int Depth = 12;

    public Known? ValueOf(FlowPath path, IOperation? expression, int depth = Depth)
    {
        if (expression is null || depth == 0)
            return null;

        if (expression.ConstantValue is { HasValue: true } constant)
            return Known.Of(constant.Value);

        return tracker.ValueOf(path, expression)
            ?? Computed(path, expression, depth - 1)
            ?? (WordsFor(expression, depth) is { } words ? path.Facts[words] : null);
    }

    /// <summary>Returns the path on which a test came out this way.</summary>
    public FlowPath Assume(FlowPath path, IOperation test, bool outcome)
    {
        Facts facts = path.Facts;
        foreach ((IOperation expression, Known known) in Consequences(path, test, outcome))
        {
            Known most = MoreOf(path, expression, known);
            facts = With(facts, expression, most);
            if (expression is IFlowCaptureReferenceOperation capture && graph.Definitions.ValueOf(Slot.Of(capture.Id)) is { } captured)
                facts = With(facts, captured, most);
        }

        foreach (Write name in NamesOfMatch(test, outcome))
        {
            string word = graph.WordOf(name.Slot);
            facts = facts[word] is null ? facts.With(word, Known.NotNull) : facts;
        }

        return path.Knowing(facts);
    }

    /// <summary>Returns the facts after a test. A test for null adds no fact about a value with a stronger fact than not null.</summary>
    private Known MoreOf(FlowPath path, IOperation expression, Known known) =>
        ReferenceEquals(known, Known.NotNull) && ValueOf(path, expression) is { IsNull: not true } more ? more : known;

    /// <summary>Returns the names that a pattern gave to values that are not null, if it matched.</summary>
    private IEnumerable<Write> NamesOfMatch(IOperation test, bool outcome)
    {
        while (test is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not)
            (test, outcome) = (not.Operand, !outcome);

        if (test is not IIsPatternOperation { Pattern: var pattern } match)
            return [];

        for (; pattern is INegatedPatternOperation negated; pattern = negated.Pattern)
            outcome = !outcome;

        return outcome ? Write.Of(match, graph).Where(name => name.IsNotNull) : [];
    }

    private Facts With(Facts facts, IOperation expression, Known known) =>
        WordsFor(expression, Depth) is { } words ? facts.With(words, known) : facts;

    /// <summary>Returns the facts after a slot got a value.</summary>
    /// <param name="path">The path before the operation writes anything.</param>
    /// <param name="facts">The facts so far: an operation may write several slots.</param>
    /// <param name="operation">The operation that writes.</param>
    /// <param name="write">The slot and its value.</param>
    public Facts After(FlowPath path, Facts facts, IOperation operation, Write write)
    {
        string name = graph.WordOf(write.Slot);
        facts = facts.Without(name);
        Known? known = write.Value is null ? tracker.GivenOut(path, operation) : ValueOf(path, write.Value);
        return known is null ? facts : facts.With(name, known);
    }

    private Known? Computed(FlowPath path, IOperation expression, int depth) => expression switch
    {
        IConversionOperation { OperatorMethod: null, IsTryCast: false } conversion => MayChangeNumber(conversion) ? null : ValueOf(path, conversion.Operand, depth),
        IConversionOperation { IsTryCast: true } conversion => OfTryCast(ValueOf(path, conversion.Operand, depth), conversion),
        IInvocationOperation or IPropertyReferenceOperation when Unconverted.Operand(expression) is { } nullable => ValueOf(path, nullable, depth),
        IInvocationOperation { Instance: null, Arguments.Length: 2 } test when IsEqualityOfObjects(test.TargetMethod) =>
            Known.Of(Known.AreEqual(ValueOf(path, test.Arguments[0].Value, depth), ValueOf(path, test.Arguments[1].Value, depth))),
        IInvocationOperation test => Known.Of(OfNullTest(path, test, depth)),
        IIsTypeOperation test => Known.Of(PatternMatch.OfType(ValueOf(path, test.ValueOperand, depth), test.ValueOperand.Type, test.TypeOperand) is { } isType ? isType != test.IsNegated : null),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.And, OperatorMethod: null, Type.SpecialType: SpecialType.System_Boolean } both =>
            Known.Of(And(ValueOf(path, both.LeftOperand, depth)?.Truth, ValueOf(path, both.RightOperand, depth)?.Truth)),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Or, OperatorMethod: null, Type.SpecialType: SpecialType.System_Boolean } either =>
            Known.Of(!And(!ValueOf(path, either.LeftOperand, depth)?.Truth, !ValueOf(path, either.RightOperand, depth)?.Truth)),
        ISimpleAssignmentOperation assignment => ValueOf(path, assignment.Value, depth),
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not => Known.Of(!ValueOf(path, not.Operand, depth)?.Truth),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals } test => Known.Of(AreEqual(path, test, depth)),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.NotEquals } test => Known.Of(!AreEqual(path, test, depth)),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.LessThan } test => Known.Of(Compare(path, test, depth) is { } order ? order < 0 : null),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.LessThanOrEqual } test => Known.Of(Compare(path, test, depth) is { } order ? order <= 0 : null),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.GreaterThan } test => Known.Of(Compare(path, test, depth) is { } order ? order > 0 : null),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.GreaterThanOrEqual } test => Known.Of(Compare(path, test, depth) is { } order ? order >= 0 : null),
        IIsNullOperation test => Known.Of(IsNull(ValueOf(path, test.Operand, depth), test.Operand.Type)),
        IIsPatternOperation test => Known.Of(PatternMatch.Of(ValueOf(path, test.Value, depth), test.Pattern, LookupResult.Member)),
        IPropertyReferenceOperation { Instance: { } instance } property => LookupResult.Member(ValueOf(path, instance, depth), property),
        IDefaultValueOperation { Type.IsReferenceType: true } => Known.Null,
        IObjectCreationOperation { Type.IsReferenceType: true } or IInstanceReferenceOperation => Known.NotNull,
        _ => null,
    };

    /// <summary>Returns true if a conversion can change a number, because the number is truncated or converted to a type of another kind.</summary>
    private static bool MayChangeNumber(IConversionOperation conversion) =>
        conversion.Conversion.IsNumeric
        && !(conversion.Conversion.IsImplicit && conversion.Type?.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64);

    /// <summary>Returns whether a value is null. A nullable value type that has a value is not null.</summary>
    private static bool? IsNull(Known? value, ITypeSymbol? type) =>
        value?.IsNull ?? (value is not null && type is { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } ? false : null);

    private static bool? And(bool? left, bool? right) => left == false || right == false ? false : left & right;

    /// <summary>Returns the facts after <c>as</c>. For a base or interface of the value's own type the result is the value.</summary>
    private static Known? OfTryCast(Known? value, IConversionOperation conversion) => PatternMatch.OfType(value, Unconverted.Of(conversion.Operand)?.Type, conversion.Type) switch
    {
        true => value,
        false => Known.Null,
        null => null,
    };

    private static bool IsEqualityOfObjects(IMethodSymbol method) =>
        method is { Name: "ReferenceEquals" or "Equals", IsStatic: true, ContainingType.SpecialType: SpecialType.System_Object };

    /// <summary>Returns the result of a method marked <c>[NotNullWhen]</c> for null, and for other values if the method only tests.</summary>
    private bool? OfNullTest(FlowPath path, IInvocationOperation test, int depth)
    {
        foreach ((IOperation argument, bool value) in ReturnContract.Of(test.TargetMethod).NotNullWhen(test.Arguments))
        {
            Known? known = ValueOf(path, argument, depth);
            if (known is { IsNull: true })
                return !value;

            if (known is { IsNull: false } && ReturnContract.IsNullTest(test.TargetMethod))
                return value;
        }

        return null;
    }

    private int? Compare(FlowPath path, IBinaryOperation test, int depth) =>
        Known.Compare(ValueOf(path, test.LeftOperand, depth), ValueOf(path, test.RightOperand, depth));

    private bool? AreEqual(FlowPath path, IBinaryOperation test, int depth) =>
        Known.AreEqual(ValueOf(path, test.LeftOperand, depth), ValueOf(path, test.RightOperand, depth));

    /// <summary>Returns the facts after one outcome of a test, about the test itself and about the tested expressions.</summary>
    private IEnumerable<(IOperation Expression, Known Known)> Consequences(FlowPath path, IOperation test, bool outcome) => test switch
    {
        _ when !CallStack.HasRoom() => [],
        IConversionOperation { OperatorMethod: null } conversion => Consequences(path, conversion.Operand, outcome),
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not => Consequences(path, not.Operand, !outcome),
        ISimpleAssignmentOperation assignment => Consequences(path, assignment.Target, outcome),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals } equality => OfEquality(path, equality, outcome).Append((test, Known.Of((object)outcome))),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.NotEquals } equality => OfEquality(path, equality, !outcome).Append((test, Known.Of((object)outcome))),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.And, Type.SpecialType: SpecialType.System_Boolean } both when outcome =>
            Consequences(path, both.LeftOperand, true).Concat(Consequences(path, both.RightOperand, true)),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Or, Type.SpecialType: SpecialType.System_Boolean } either when !outcome =>
            Consequences(path, either.LeftOperand, false).Concat(Consequences(path, either.RightOperand, false)),
        IInvocationOperation { Instance: null, Arguments.Length: 2 } equality when IsEqualityOfObjects(equality.TargetMethod) =>
            OfComparison(equality.Arguments[0].Value, ValueOf(path, equality.Arguments[1].Value), outcome)
                .Concat(OfComparison(equality.Arguments[1].Value, ValueOf(path, equality.Arguments[0].Value), outcome)),
        IInvocationOperation call => ReturnContract.Of(call.TargetMethod).NotNullWhen(call.Arguments)
            .Where(tested => tested.Value == outcome)
            .Select(tested => (tested.Argument, Known.NotNull))
            .Append((test, Known.Of((object)outcome))),
        IIsNullOperation nullTest => [(nullTest.Operand, outcome ? Known.Null : Known.NotNull)],
        IIsPatternOperation { Pattern: IConstantPatternOperation constant } pattern =>
            OfComparison(pattern.Value, ValueOf(path, constant.Value), outcome).Append((test, Known.Of((object)outcome))),
        IIsPatternOperation { Pattern: INegatedPatternOperation { Pattern: IConstantPatternOperation constant } } pattern =>
            OfComparison(pattern.Value, ValueOf(path, constant.Value), !outcome).Append((test, Known.Of((object)outcome))),
        IIsPatternOperation pattern when outcome && PatternMatch.Of(Known.Null, pattern.Pattern, (_, _) => null) == false =>
            [(pattern.Value, Known.NotNull), (test, Known.True)],
        IIsTypeOperation { IsNegated: false } type when outcome => [(type.ValueOperand, Known.NotNull), (test, Known.True)],
        _ => [(test, Known.Of((object)outcome))],
    };

    private IEnumerable<(IOperation Expression, Known Known)> OfEquality(FlowPath path, IBinaryOperation equality, bool equal) =>
        OfComparison(equality.LeftOperand, ValueOf(path, equality.RightOperand), equal)
            .Concat(OfComparison(equality.RightOperand, ValueOf(path, equality.LeftOperand), equal));

    private static IEnumerable<(IOperation Expression, Known Known)> OfComparison(IOperation expression, Known? other, bool equal)
    {
        if (other is null || expression.ConstantValue.HasValue)
            yield break;

        if (equal)
            yield return (expression, other);
        else if (other.IsNull == true)
            yield return (expression, Known.NotNull);
        else if (other.Truth is { } truth)
            yield return (expression, Known.Of((object)!truth));
    }

    /// <summary>
    /// Returns an expression in words, the same for the same expression: names, members of them, and comparisons. Null for anything whose value
    /// may differ the next time, as far as the rule cares.
    /// </summary>
    private string? WordsFor(IOperation expression, int depth)
    {
        if (depth == 0)
            return null;

        if (Slot.Of(expression) is { } slot)
            return graph.WordOf(slot);

        if (expression.ConstantValue is { HasValue: true } constant)
            return $"={constant.Value}";

        return expression switch
        {
            IInstanceReferenceOperation => "this",
            IConversionOperation { OperatorMethod: null } conversion when !MayChangeNumber(conversion) => WordsFor(conversion.Operand, depth - 1),
            IConversionOperation { OperatorMethod: null } conversion when WordsFor(conversion.Operand, depth - 1) is { } number => $"({conversion.Type?.Name} {number})",
            IMemberReferenceOperation member when tracker.TrustsMemory => OfMember(member, depth - 1),
            IBinaryOperation { OperatorMethod: null } binary => Join(binary.OperatorKind.ToString(), binary.LeftOperand, binary.RightOperand, depth - 1),
            IIsPatternOperation test when WordsFor(test.Value, depth - 1) is { } value => $"({value} is {test.Pattern.Syntax})",
            IIsTypeOperation test when WordsFor(test.ValueOperand, depth - 1) is { } value => $"({value} is {test.TypeOperand.Name})",
            _ => null,
        };
    }

    private string? OfMember(IMemberReferenceOperation member, int depth) => member switch
    {
        IPropertyReferenceOperation { Arguments.IsEmpty: false } => null,
        { Instance: null } => $"{member.Member.ContainingType?.Name}.{member.Member.Name}",
        { Instance: { } instance } => WordsFor(instance, depth) is { } words ? $"{words}.{member.Member.Name}" : null,
    };

    private string? Join(string kind, IOperation left, IOperation right, int depth) =>
        WordsFor(left, depth) is { } first && WordsFor(right, depth) is { } second ? $"({first} {kind} {second})" : null;
}
