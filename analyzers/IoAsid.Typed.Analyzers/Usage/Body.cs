using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// The ids and variables of a body of code with its lambdas and local functions, found in one walk. Rules use it and do not walk the code again, so that a
/// body of many lookups costs no more than its length.
/// </summary>
internal sealed class Body
{
    private static readonly ConditionalWeakTable<IOperation, Body> PerRoot = new();

    private readonly Dictionary<ISymbol, List<IOperation>> _references = new(SymbolEqualityComparer.Default);
    private readonly List<IdCall> _calls = [];

    private Body(IOperation root, SdkSymbols sdk)
    {
        Root = root;
        foreach (IOperation operation in root.DescendantsAndSelf())
        {
            if (operation is IInvocationOperation invocation && IdCall.Of(invocation, sdk) is { } call)
                _calls.Add(call);
            else if (VariableOf(operation) is { } variable)
                Add(_references, variable, operation);

            MayKeep = MayKeep || LetsDataOutlive(operation);
        }
    }

    public IOperation Root { get; }

    /// <summary>Gets a value indicating whether the body has any way by which data could outlive its lookup: a wait, a lambda, or a store. Many bodies have none.</summary>
    public bool MayKeep { get; }

    /// <summary>All calls about an id, in the order of the code.</summary>
    public IReadOnlyList<IdCall> Calls => _calls;

    /// <summary>The locals, parameters, fields and properties that are referred to.</summary>
    public IEnumerable<ISymbol> Mentioned => _references.Keys;

    /// <summary>Returns the body around an operation. Rules share the one instance.</summary>
    public static Body Around(IOperation operation, SdkSymbols sdk)
    {
        while (operation.Parent is { } parent)
            operation = parent;

        return PerRoot.TryGetValue(operation, out Body? known) ? known : PerRoot.GetValue(operation, root => new Body(root, sdk));
    }

    /// <summary>Returns all mentions of a variable, declarations included.</summary>
    public IReadOnlyList<IOperation> ReferencesTo(ISymbol variable) =>
        _references.TryGetValue(variable, out List<IOperation>? references) ? references : [];

    private static bool LetsDataOutlive(IOperation operation) => operation switch
    {
        IForEachLoopOperation { IsAsynchronous: true } => true,
        IUsingOperation { IsAsynchronous: true } or IUsingDeclarationOperation { IsAsynchronous: true } => true,
        IAnonymousFunctionOperation or IFieldInitializerOperation or IPropertyInitializerOperation or IDeconstructionAssignmentOperation => true,
        ISimpleAssignmentOperation or ICoalesceAssignmentOperation => ((IAssignmentOperation)operation).Target is not (ILocalReferenceOperation or IDiscardOperation),
        IArgumentOperation { Parameter.RefKind: RefKind.Out } argument => argument.Value is IMemberReferenceOperation or IArrayElementReferenceOperation or IParameterReferenceOperation,
        _ => Ways.IsWait(operation),
    };

    private static ISymbol? VariableOf(IOperation operation) => operation switch
    {
        ILocalReferenceOperation reference => reference.Local,
        IParameterReferenceOperation reference => reference.Parameter,
        IFieldReferenceOperation reference => reference.Field,
        IPropertyReferenceOperation reference => reference.Property,
        IVariableDeclaratorOperation declarator => declarator.Symbol,
        IDeclarationPatternOperation { DeclaredSymbol: { } declared } => declared,
        IRecursivePatternOperation { DeclaredSymbol: { } declared } => declared,
        IListPatternOperation { DeclaredSymbol: { } declared } => declared,
        _ => null,
    };

    private static void Add<T>(Dictionary<ISymbol, List<T>> lists, ISymbol key, T item)
    {
        if (!lists.TryGetValue(key, out List<T>? list))
            lists[key] = list = [];

        list.Add(item);
    }
}
