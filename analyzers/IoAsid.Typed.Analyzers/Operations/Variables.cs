using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Operations;

/// <summary>Where the locals and parameters of one body are named.</summary>
internal sealed class Variables
{
    private static readonly PerBody<Variables> Bodies = new(body => new Variables(body));

    private readonly ILookup<ISymbol, IOperation> _references;
    private readonly ILookup<ISymbol, IOperation> _writes;
    private readonly ILookup<ISymbol, IPatternOperation> _patterns;

    private Variables(IOperation body)
    {
        IOperation[] all = [.. body.DescendantsAndSelf().Where(operation => SymbolOf(operation) is not null)];
        _references = all.ToLookup(operation => SymbolOf(operation)!, SymbolEqualityComparer.Default);
        _writes = all.Where(IsWrite).ToLookup(operation => SymbolOf(operation)!, SymbolEqualityComparer.Default);
        _patterns = body.Descendants().OfType<IPatternOperation>()
            .Where(pattern => NamedBy(pattern) is not null)
            .ToLookup(pattern => NamedBy(pattern)!, SymbolEqualityComparer.Default);
    }

    /// <summary>The variables of the body around an operation.</summary>
    public static Variables Around(IOperation operation) => Bodies.Around(operation);

    /// <summary>Every place that names a variable after its declaration.</summary>
    public IEnumerable<IOperation> NamesOf(ISymbol variable) => _references[variable].Where(place => place is not IVariableDeclaratorOperation);

    /// <summary>Whether a variable gets a value after its declaration.</summary>
    public bool IsWritten(ISymbol variable) => _writes[variable].Any(place => place is not IVariableDeclaratorOperation);

    /// <summary>The pattern that gives a variable its value, if one does.</summary>
    public IPatternOperation? PatternThatNames(ISymbol variable) => _patterns[variable].FirstOrDefault();

    /// <summary>The places that give a local its values, its declaration included.</summary>
    public IEnumerable<IOperation> WritesOf(ILocalSymbol local) => _writes[local];

    /// <summary>The places that read a local, if one place alone gives it its value; otherwise nothing is known of what they read.</summary>
    public ImmutableArray<IOperation> ReadsOfOnly(IOperation write)
    {
        ISymbol? variable = SymbolOf(write);
        return variable is ILocalSymbol { IsRef: false } local && WritesOf(local).Take(2).SequenceEqual([write])
            ? [.. NamesOf(local).Where(place => place != write)]
            : [];
    }

    /// <summary>The place where a value goes into a local, or null if it goes elsewhere.</summary>
    public static IOperation? LocalThatGets(IOperation value) => value.Parent switch
    {
        _ when !CallStack.HasRoom() => null,
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol.IsRef: false } declarator } => declarator,
        ISimpleAssignmentOperation { IsRef: false, Target: ILocalReferenceOperation target } assignment when assignment.Value == value => target,
        IConversionOperation { IsImplicit: true, OperatorMethod: null } conversion => LocalThatGets(conversion),
        _ => null,
    };

    private static ISymbol? NamedBy(IPatternOperation pattern) => pattern switch
    {
        IDeclarationPatternOperation declaration => declaration.DeclaredSymbol,
        IRecursivePatternOperation recursive => recursive.DeclaredSymbol,
        _ => null,
    };

    private static bool IsWrite(IOperation place) =>
        place is IVariableDeclaratorOperation declarator ? declarator.GetVariableInitializer() is not null : IsWriteTarget(place);

    private static ISymbol? SymbolOf(IOperation operation) => operation switch
    {
        IVariableDeclaratorOperation declarator => declarator.Symbol,
        ILocalReferenceOperation reference => reference.Local,
        IParameterReferenceOperation reference => reference.Parameter,
        _ => null,
    };

    /// <summary>Whether a place that names a variable, a field or a property changes it.</summary>
    public static bool IsWriteTarget(IOperation reference) => reference.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target == reference || assignment is ISimpleAssignmentOperation { IsRef: true },
        IIncrementOrDecrementOperation or IAddressOfOperation or IDeclarationExpressionOperation => true,
        IArgumentOperation argument => argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out,
        ITupleOperation tuple => IsDeconstructionTarget(tuple),
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } => declarator.Symbol.IsRef,
        ILoopOperation => reference is ILocalReferenceOperation { IsDeclaration: true },
        _ => false,
    };

    private static bool IsDeconstructionTarget(ITupleOperation tuple) => tuple.Parent switch
    {
        _ when !CallStack.HasRoom() => false,
        IDeconstructionAssignmentOperation assignment => assignment.Target == tuple,
        ITupleOperation outer => IsDeconstructionTarget(outer),
        IDeclarationExpressionOperation => true,
        _ => false,
    };
}
