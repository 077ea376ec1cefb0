using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>Follows data to where it is cast, on the paths on which it is not of a subtype.</summary>
/// <param name="graph">The function.</param>
/// <param name="source">Gives the data.</param>
/// <param name="subtype">The type that the data does not have; null if nothing is assumed.</param>
/// <param name="sdk">The SDK's types.</param>
internal sealed class DataTracker(FlowGraph graph, DataSource source, ITypeSymbol? subtype, SdkSymbols sdk) : Tracker(graph)
{
    private readonly HashSet<IMethodSymbol> _entered = new(SymbolEqualityComparer.Default);
    private IOperation? _at;

    /// <summary>The expressions that are the data on some path.</summary>
    public HashSet<SyntaxNode> Places { get; } = [];

    /// <summary>The casts to the subtype.</summary>
    public HashSet<SyntaxNode> Casts { get; } = [];

    public override bool FollowsExceptions => true;

    /// <summary>Returns true if an operation is a cast that throws for a value of another type. The type of a type parameter is not known.</summary>
    public static bool IsHardCast(IOperation operation) =>
        operation is IConversionOperation { OperatorMethod: null, IsTryCast: false, Type.TypeKind: not TypeKind.TypeParameter, Syntax: CastExpressionSyntax } conversion
        && conversion.Conversion is { IsReference: true, IsImplicit: false };

    public ulong NameOf(IParameterSymbol parameter) => BitOf(Slot.Of(parameter));

    public override FlowPath? Step(FlowPath path, IOperation operation)
    {
        _at = operation;
        if (source.IsChangedBy(operation) && path.Standing.Names == 0)
            return null;

        if (Graph.FunctionAt(operation) is { } function)
            Enter(function, path);

        if (Carries(path, operation))
            Places.Add(operation.Syntax);

        // The cast throws for data that is not of the subtype.
        if (subtype is null || !IsHardCast(operation) || !IsSubtype(operation.Type) || !Carries(path, ((IConversionOperation)operation).Operand))
            return path;

        Casts.Add(operation.Syntax);
        return null;
    }

    public override bool Carries(FlowPath path, IOperation? expression) => source.Gives(expression) || base.Carries(path, expression);

    public override Known? ValueOf(FlowPath path, IOperation expression) => expression switch
    {
        _ when !CallStack.HasRoom() => null,
        IInvocationOperation when source.GivesOut(expression) => Known.True,
        IIsTypeOperation test when IsSubtype(test.TypeOperand) && Carries(path, test.ValueOperand) => test.IsNegated ? Known.True : Known.False,
        IIsPatternOperation test when Carries(path, test.Value) => Known.Of(Matches(test.Pattern)),
        IConversionOperation { IsTryCast: true } conversion when IsSubtype(conversion.Type) && Carries(path, conversion.Operand) => Known.Null,
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } test when AsksForSubtype(path, test.LeftOperand, test.RightOperand) || AsksForSubtype(path, test.RightOperand, test.LeftOperand) =>
            test.OperatorKind == BinaryOperatorKind.Equals ? Known.False : Known.True,
        IIsPatternOperation or IBinaryOperation or IUnaryOperation => null,
        { Type.IsReferenceType: true } when Carries(path, expression) => Known.NotNull,
        _ => null,
    };

    public override ulong? NamesAfter(FlowPath path, ulong names, Write write)
    {
        ulong bit = BitOf(write.Slot);
        bool isGivenOut = write.From is { RefKind: RefKind.Out } && _at is not null && source.GivesOut(_at);
        return isGivenOut || Carries(path, write.Value) ? names | bit : names & ~bit;
    }

    public override bool Lose(FlowPath path) => true;

    /// <summary>Returns the facts about the out data of the source. The call gives the data its name.</summary>
    public override Known? GivenOut(FlowPath path, IOperation call) => source.GivesOut(call) ? Known.NotNull : null;

    private ulong BitOf(Slot slot) => Graph.Owns(slot) || Graph.IsSteady(slot) ? Names.BitFor(slot) : 0;

    private void Enter(FlowGraph function, FlowPath path)
    {
        if (!CallStack.HasRoom() || !_entered.Add(function.Function!))
            return;

        DataTracker inner = new(function, source, subtype, sdk);
        PathFollower.FromEntry(function, inner, new FlowPath(new Standing(0, NamesIn(inner, path)), Facts.None), FlowBudget.For(function.Blocks.Length));
        Places.UnionWith(inner.Places);
        Casts.UnionWith(inner.Casts);
    }

    /// <summary>Returns false if a pattern matches only the subtype.</summary>
    private bool? Matches(IPatternOperation pattern) => pattern switch
    {
        _ when !CallStack.HasRoom() => null,
        IDeclarationPatternOperation { MatchesNull: true } or IDiscardPatternOperation => true,
        IDeclarationPatternOperation or ITypePatternOperation or IRecursivePatternOperation when IsSubtype(pattern.NarrowedType) => false,
        INegatedPatternOperation negated => !Matches(negated.Pattern),
        IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.And } both => Matches(both.LeftPattern) == false || Matches(both.RightPattern) == false ? false : null,
        IBinaryPatternOperation either => Matches(either.LeftPattern) == false && Matches(either.RightPattern) == false ? false : null,
        _ => PatternMatch.Of(Known.NotNull, pattern, (_, _) => null),
    };

    private bool IsSubtype(ITypeSymbol? type) =>
        type is not null && subtype is not null && (SymbolEqualityComparer.Default.Equals(type, subtype) || Subtypes.IsBelow(type, subtype));

    /// <summary>Returns true for <c>value.GetType() == typeof(T)</c>.</summary>
    private bool AsksForSubtype(FlowPath path, IOperation asked, IOperation type) =>
        (asked, type) is (IInvocationOperation { TargetMethod: { Name: "GetType", Parameters.IsEmpty: true }, Instance: { } value }, ITypeOfOperation exact)
        && IsSubtype(exact.TypeOperand)
        && Carries(path, value);
}
