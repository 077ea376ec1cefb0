using System.Runtime.CompilerServices;
using IoAsid.Typed.Analyzers.Operations;
using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Usage;

/// <summary>
/// Where the data goes that the lookups of a body find: into locals, and into fields and properties. A local counts if all that is ever written to it is such
/// data, or null.
/// </summary>
internal sealed class FoundData
{
    private static readonly ConditionalWeakTable<Body, FoundData> PerBody = new();

    private readonly Body _body;
    private readonly SdkSymbols _sdk;
    private readonly Dictionary<ILocalSymbol, IdCall> _locals = new(SymbolEqualityComparer.Default);
    private readonly HashSet<IOperation> _writes = [];
    private readonly Dictionary<ILocalSymbol, List<ILocalSymbol>> _copies = new(SymbolEqualityComparer.Default);
    private readonly List<(IOperation Value, IOperation Target, IdCall Origin)> _stores = [];
    private readonly Dictionary<IOperation, ILocalSymbol> _storedLocals = [];

    private FoundData(Body body, SdkSymbols sdk)
    {
        _body = body;
        _sdk = sdk;
        foreach (IdCall call in body.Calls)
        {
            if (call is { IsCheck: true, HasGetter: false, Name: not "Contains" })
                FollowLookup(call);
        }

        DropWhatHoldsSomethingElse();
    }

    /// <summary>The locals that hold found data, with the first lookup that wrote to each.</summary>
    public IReadOnlyDictionary<ILocalSymbol, IdCall> Locals => _locals;

    /// <summary>Found data, the field or property it is stored in, and the lookup that found it.</summary>
    public IReadOnlyList<(IOperation Value, IOperation Target, IdCall Origin)> Stores => _stores;

    public static FoundData In(Body body, SdkSymbols sdk) =>
        PerBody.TryGetValue(body, out FoundData? known) ? known : PerBody.GetValue(body, key => new FoundData(key, sdk));

    /// <summary>Whether a local holds a lookup, of which only the data matters.</summary>
    public bool IsLookup(ILocalSymbol local) => _sdk.Lookup.Is(local.Type);

    private void FollowLookup(IdCall call)
    {
        if (call.Name is "Find")
        {
            Follow(call.Call, call, via: null);
            return;
        }

        foreach (IArgumentOperation argument in call.Call.Arguments)
        {
            if (argument.Parameter?.RefKind == RefKind.Out)
                Write(argument.Value, call, via: null);
        }
    }

    /// <summary>Follows a lookup or its data one step outwards.</summary>
    /// <param name="value">The lookup or its data, so far.</param>
    /// <param name="origin">The lookup it began with.</param>
    /// <param name="via">The local it was read from, if it was.</param>
    private void Follow(IOperation value, IdCall origin, ILocalSymbol? via)
    {
        if (!CallStack.HasRoom())
            return;

        switch (value.Parent)
        {
            case IConversionOperation { OperatorMethod: null } conversion:
                Follow(conversion, origin, via);
                break;
            case IPropertyReferenceOperation { Property.Name: "Data" } data when data.Instance == value && _sdk.Lookup.Is(value.Type):
                Follow(data, origin, via);
                break;
            case ICoalesceOperation coalesce:
                Follow(coalesce, origin, via);
                break;
            case IConditionalOperation choice when choice.Condition != value:
                Follow(choice, origin, via);
                break;
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator }:
                Write(declarator, origin, via);
                break;
            case IFieldInitializerOperation or IPropertyInitializerOperation:
                Store(value, value.Parent, origin, via);
                break;
            case IAssignmentOperation assignment and (ISimpleAssignmentOperation or ICoalesceAssignmentOperation) when assignment.Value == value:
                Write(assignment.Target, origin, via, value);
                break;
            case ITupleOperation tuple when DeconstructedInto(tuple, value) is { } target:
                Write(target, origin, via, value);
                break;
            case IIsPatternOperation test when test.Value == value:
                FollowPattern(test.Pattern, origin, via, IsData(value));
                break;
            case ISwitchExpressionOperation choice when choice.Value == value:
                foreach (ISwitchExpressionArmOperation arm in choice.Arms)
                    FollowPattern(arm.Pattern, origin, via, IsData(value));

                break;
            case ISwitchOperation choice when choice.Value == value:
                foreach (IPatternCaseClauseOperation clause in choice.Cases.SelectMany(section => section.Clauses).OfType<IPatternCaseClauseOperation>())
                    FollowPattern(clause.Pattern, origin, via, IsData(value));

                break;
        }
    }

    /// <summary>What a value is written to by <c>(a, b) = (value, …)</c>.</summary>
    private static IOperation? DeconstructedInto(ITupleOperation tuple, IOperation value)
    {
        IOperation whole = tuple;
        while (whole.Parent is IConversionOperation)
            whole = whole.Parent;

        return whole.Parent is IDeconstructionAssignmentOperation { Target: ITupleOperation targets } assignment && assignment.Value == whole
            ? targets.Elements.ElementAtOrDefault(tuple.Elements.IndexOf(value))
            : null;
    }

    /// <summary>Whether the value is the data itself, rather than the lookup around it.</summary>
    private bool IsData(IOperation value) => !_sdk.Lookup.Is(value.Type);

    /// <summary>Follows the variables of a pattern: those for the data itself, and in a pattern of a lookup the one for its data.</summary>
    private void FollowPattern(IPatternOperation pattern, IdCall origin, ILocalSymbol? via, bool isData)
    {
        if (!CallStack.HasRoom())
            return;

        switch (pattern)
        {
            case IDeclarationPatternOperation { DeclaredSymbol: ILocalSymbol } declaration:
                Write(declaration, origin, via);
                break;
            case IRecursivePatternOperation recursive:
                if (recursive.DeclaredSymbol is ILocalSymbol)
                    Write(recursive, origin, via);

                if (!isData)
                {
                    foreach (IPropertySubpatternOperation part in recursive.PropertySubpatterns)
                    {
                        if (part.Member is IPropertyReferenceOperation { Property.Name: "Data" })
                            FollowPattern(part.Pattern, origin, via, isData: true);
                    }
                }

                break;
            case INegatedPatternOperation negation:
                FollowPattern(negation.Pattern, origin, via, isData);
                break;
            case IBinaryPatternOperation binary:
                FollowPattern(binary.LeftPattern, origin, via, isData);
                FollowPattern(binary.RightPattern, origin, via, isData);
                break;
        }
    }

    private void Write(IOperation target, IdCall origin, ILocalSymbol? via, IOperation? value = null)
    {
        switch (target)
        {
            case IDeclarationExpressionOperation declaration when CallStack.HasRoom():
                Write(declaration.Expression, origin, via);
                break;
            case ILocalReferenceOperation reference:
                Write(reference, reference.Local, origin, via);
                break;
            case IVariableDeclaratorOperation declarator:
                Write(declarator, declarator.Symbol, origin, via);
                break;
            case IDeclarationPatternOperation { DeclaredSymbol: ILocalSymbol local }:
                Write(target, local, origin, via);
                break;
            case IRecursivePatternOperation { DeclaredSymbol: ILocalSymbol local }:
                Write(target, local, origin, via);
                break;
            case IFieldReferenceOperation or IPropertyReferenceOperation:
                Store(value ?? target, target, origin, via);
                break;
        }
    }

    private void Write(IOperation write, ILocalSymbol local, IdCall origin, ILocalSymbol? via)
    {
        if (!_writes.Add(write))
            return;

        if (via is not null)
            CopiesOf(via).Add(local);

        if (_locals.ContainsKey(local))
            return;

        _locals.Add(local, origin);
        foreach (IOperation reference in _body.ReferencesTo(local))
        {
            if (reference is ILocalReferenceOperation && !Variables.IsWriteTarget(reference))
                Follow(reference, origin, local);
        }
    }

    private void Store(IOperation value, IOperation target, IdCall origin, ILocalSymbol? via)
    {
        _stores.Add((value, target, origin));
        if (via is not null)
            _storedLocals[value] = via;
    }

    private List<ILocalSymbol> CopiesOf(ILocalSymbol local)
    {
        if (!_copies.TryGetValue(local, out List<ILocalSymbol>? copies))
            _copies[local] = copies = [];

        return copies;
    }

    /// <summary>A local that may hold something else is no found data, and neither is a copy of it.</summary>
    private void DropWhatHoldsSomethingElse()
    {
        Stack<ILocalSymbol> open = new(_locals.Keys.Where(local => !HoldsNothingElse(local)));
        while (open.Count > 0)
        {
            ILocalSymbol other = open.Pop();
            if (_locals.Remove(other))
                CopiesOf(other).ForEach(open.Push);
        }

        _stores.RemoveAll(store => _storedLocals.TryGetValue(store.Value, out ILocalSymbol? via) && !_locals.ContainsKey(via));
    }

    private bool HoldsNothingElse(ILocalSymbol local) =>
        !local.IsRef && _body.ReferencesTo(local).All(reference => _writes.Contains(reference) || !IsOtherWrite(reference));

    private static bool IsOtherWrite(IOperation reference) => reference switch
    {
        IVariableDeclaratorOperation declarator => declarator.GetVariableInitializer() is { } initializer && !IsNull(initializer.Value),
        ILocalReferenceOperation { Parent: ISimpleAssignmentOperation { IsRef: false } assignment } when assignment.Target == reference => !IsNull(assignment.Value),
        ILocalReferenceOperation { Parent: IDeclarationExpressionOperation } => true,
        ILocalReferenceOperation => Variables.IsWriteTarget(reference),
        _ => true,
    };

    private static bool IsNull(IOperation value) => value.ConstantValue is { HasValue: true, Value: null };
}
