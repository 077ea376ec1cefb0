using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>A switch, expression or statement, over data of a closed hierarchy.</summary>
internal sealed class DataSwitch
{
    private readonly ImmutableArray<Arm> _arms;

    private DataSwitch(ITypeSymbol data, ImmutableArray<INamedTypeSymbol> leaves, ImmutableArray<Arm> arms)
    {
        Data = data;
        Leaves = leaves;
        _arms = arms;
    }

    /// <summary>The type that is switched over.</summary>
    public ITypeSymbol Data { get; }

    /// <summary>Everything the data can be.</summary>
    public ImmutableArray<INamedTypeSymbol> Leaves { get; }

    /// <summary>
    /// The types that the switch misses: no arm can match them but one that takes anything and only throws. Empty too where no arm is for a subtype, which makes it a switch over something else.
    /// </summary>
    public ImmutableArray<INamedTypeSymbol> Missing
    {
        get
        {
            ImmutableArray<INamedTypeSymbol> missing = [.. Leaves.Where(leaf => _arms.All(arm => IsNotMeantFor(arm, leaf)))];
            return missing.Length < Leaves.Length ? missing : [];
        }
    }

    /// <summary>Gets a value indicating whether everything the data can be is matched for certain, null aside.</summary>
    public bool IsExhaustive => Leaves.All(leaf => _arms.Any(arm => Covers(arm, leaf)));

    /// <summary>The position of the arm that takes anything and only throws, or the number of arms.</summary>
    public int Last
    {
        get
        {
            int position = 0;
            while (position < _arms.Length && !OnlyThrows(_arms[position]))
                position++;

            return position;
        }
    }

    /// <summary>Returns the switch that an operation is, if its data belongs to a closed hierarchy of which every type can be named here.</summary>
    public static DataSwitch? Of(IOperation? operation, ClosedHierarchies hierarchies, ISymbol within)
    {
        (IOperation? value, IEnumerable<Arm> arms) = operation switch
        {
            ISwitchExpressionOperation choice => (choice.Value, choice.Arms.Select(arm => new Arm(arm.Pattern, arm.Guard is not null, Throws(arm.Value)))),
            ISwitchOperation choice => (choice.Value, choice.Cases.SelectMany(ArmsOf)),
            _ => (null, []),
        };
        if (value is null || TypeOf(value) is not { } data)
            return null;

        ImmutableArray<INamedTypeSymbol> leaves = hierarchies.LeavesOf(data);
        return !leaves.IsEmpty && leaves.All(leaf => operation!.SemanticModel!.Compilation.IsSymbolAccessibleWithin(leaf, within) && CanBeNamedIn(operation.Syntax.SyntaxTree, leaf))
            ? new DataSwitch(data, leaves, [.. arms])
            : null;
    }

    /// <summary>Returns true if a type can be named here. A type that is local to a file has a name in that file only.</summary>
    private static bool CanBeNamedIn(SyntaxTree file, INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (outer.IsFileLocal && outer.DeclaringSyntaxReferences.All(declaration => declaration.SyntaxTree != file))
                return false;
        }

        return true;
    }

    private static ITypeSymbol? TypeOf(IOperation value) =>
        (value is IConversionOperation { IsImplicit: true } conversion ? conversion.Operand : value).Type?.WithNullableAnnotation(NullableAnnotation.None);

    private static IEnumerable<Arm> ArmsOf(ISwitchCaseOperation section) => section.Clauses.Select(clause => clause switch
    {
        IPatternCaseClauseOperation pattern => new Arm(pattern.Pattern, pattern.Guard is not null, Throws(section)),
        IDefaultCaseClauseOperation => new Arm(null, false, Throws(section)),
        _ => new Arm(null, true, false, isNothing: true),
    });

    private static bool Throws(IOperation value) => Unconverted.Of(value) is IThrowOperation;

    /// <summary>Returns true if a section reports and throws, and does nothing else.</summary>
    private static bool Throws(ISwitchCaseOperation section)
    {
        ImmutableArray<IOperation> body = section.Body.Length == 1 && section.Body[0] is IBlockOperation block ? block.Operations : section.Body;
        return body.Length > 0 && IsThrow(body[body.Length - 1]) && body.Take(body.Length - 1).All(statement => statement is IExpressionStatementOperation);
    }

    private static bool IsThrow(IOperation statement) => statement is IThrowOperation or IExpressionStatementOperation { Operation: IThrowOperation };

    private static bool Covers(Arm arm, INamedTypeSymbol leaf) =>
        !arm.IsGuarded && (arm.Pattern is null || PatternCoverage.Covers(arm.Pattern, leaf));

    private bool OnlyThrows(Arm arm) => arm.Throws && Leaves.All(leaf => Covers(arm, leaf));

    private bool IsNotMeantFor(Arm arm, INamedTypeSymbol leaf) =>
        arm.IsNothing || OnlyThrows(arm) || (arm.Pattern is { } pattern && PatternCoverage.Excludes(pattern, leaf));

    /// <summary>One arm or label.</summary>
    /// <param name="pattern">What it matches; null for <c>default</c>.</param>
    /// <param name="isGuarded">Whether it matches only when something else is so, too.</param>
    /// <param name="throws">Whether all it does is throw.</param>
    /// <param name="isNothing">Whether it is for no object at all, as <c>case null</c>.</param>
    private readonly struct Arm(IPatternOperation? pattern, bool isGuarded, bool throws, bool isNothing = false)
    {
        public IPatternOperation? Pattern => pattern;

        public bool IsGuarded => isGuarded;

        public bool Throws => throws;

        public bool IsNothing => isNothing;
    }
}
