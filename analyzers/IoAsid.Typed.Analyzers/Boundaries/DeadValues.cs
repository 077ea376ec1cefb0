using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>A use of a handle or reader that can only be default.</summary>
/// <param name="value">The value.</param>
/// <param name="reason">Why it is default: the beginning of a sentence.</param>
/// <param name="member">The used member, or the member that receives the value.</param>
internal sealed class DeadValue(IOperation value, string reason, ISymbol member)
{
    public IOperation Value => value;

    public string Reason => reason;

    public ISymbol Member => member;
}

/// <summary>The handles and readers of a body that are default on every path to them.</summary>
internal static class DeadValues
{
    private static readonly ConditionalWeakTable<IOperation, Dictionary<SyntaxNode, IReadOnlyList<DeadValue>>> PerBody = new();

    /// <summary>Returns the dead values of a body, at the first <c>default</c> of a handle or reader in it; nothing at the others.</summary>
    public static IReadOnlyList<DeadValue> FromDefault(IOperation value, ISymbol containing, SdkSymbols sdk) => At(value, containing, sdk);

    /// <summary>Returns the dead values that a Try call leaves where it fails, and does not where it succeeds.</summary>
    public static IReadOnlyList<DeadValue> WhereFailed(IInvocationOperation call, ISymbol containing, SdkSymbols sdk) => At(call, containing, sdk);

    private static IReadOnlyList<DeadValue> At(IOperation origin, ISymbol containing, SdkSymbols sdk)
    {
        IOperation body = origin;
        while (body.Parent is { } parent)
            body = parent;

        return PerBody.GetValue(body, root => Find(root, containing, sdk)).TryGetValue(origin.Syntax, out IReadOnlyList<DeadValue>? dead) ? dead : [];
    }

    private static Dictionary<SyntaxNode, IReadOnlyList<DeadValue>> Find(IOperation body, ISymbol containing, SdkSymbols sdk)
    {
        Dictionary<SyntaxNode, IReadOnlyList<DeadValue>> dead = [];
        IReadOnlyList<FlowGraph> graphs = FlowGraph.AllAround(body, containing, withTrees: true);
        if (FirstDefault(body, sdk) is { } first)
        {
            Uses uses = new();
            dead[first.Syntax] = FactWatcher.Follow(graphs, (graph, before) => new Watcher(graph, before, sdk, call: null, isFound: false, uses)) ? uses.Dead : [];
        }

        foreach (FlowGraph graph in graphs)
        {
            foreach (FlowSite site in graph.Sites().Where(site => IsTry(site.Operation, sdk)))
                dead[site.Operation.Syntax] = WhereFailed(graph, site, sdk);
        }

        return dead;
    }

    private static IOperation? FirstDefault(IOperation body, SdkSymbols sdk) =>
        body.DescendantsAndSelf().Where(operation => operation is IDefaultValueOperation && IsHandleOrReader(operation.Type, sdk)).OrderBy(operation => operation.Syntax.SpanStart).FirstOrDefault();

    private static IReadOnlyList<DeadValue> WhereFailed(FlowGraph graph, FlowSite call, SdkSymbols sdk)
    {
        FlowBudget budget = FlowBudget.For(graph.Blocks.Length);
        return Run(isFound: false) is { Dead: { Count: > 0 } dead } && Run(isFound: true) is { } otherwise
            ? [.. dead.Where(value => !otherwise.Reached.Contains(value.Value.Syntax))]
            : [];

        Uses? Run(bool isFound)
        {
            Uses uses = new();
            Watcher watcher = new(graph, [], sdk, (IInvocationOperation)call.Operation, isFound, uses);
            return PathFollower.After(graph, watcher, call, watcher.Start(), budget) ? uses : null;
        }
    }

    private static bool IsTry(IOperation operation, SdkSymbols sdk) =>
        operation is IInvocationOperation { TargetMethod: { Name: "TryAllocate" or "TryGetHandle", ContainingType: var type } } && sdk.TypedSet.Is(type);

    private static bool IsHandleOrReader(ITypeSymbol? type, SdkSymbols sdk) =>
        type is { Name: "IoAsidHandle" or "IoAsidReader" } && (sdk.Handle.Is(type) || sdk.TypedReader.Is(type));

    /// <summary>The places at which members of handles and readers are used.</summary>
    private sealed class Uses
    {
        private readonly Dictionary<SyntaxNode, DeadValue?> _all = [];

        public IEnumerable<SyntaxNode> Reached => _all.Keys;

        /// <summary>The uses at which the value was dead every time, in the order of the code.</summary>
        public IReadOnlyList<DeadValue> Dead => [.. _all.Values.OfType<DeadValue>().OrderBy(dead => dead.Value.Syntax.SpanStart)];

        public void Add(IOperation value, DeadValue? dead) => _all[value.Syntax] = _all.TryGetValue(value.Syntax, out DeadValue? before) && before is null ? null : dead;
    }

    /// <summary>Follows default values, and the out values of Try calls that failed.</summary>
    private sealed class Watcher : FactWatcher
    {
        private readonly SdkSymbols _sdk;
        private readonly IInvocationOperation? _call;
        private readonly bool _isFound;
        private readonly Uses _uses;
        private readonly Conditions _conditions;
        private readonly HashSet<Slot> _aliased;

        public Watcher(FlowGraph graph, Dictionary<FlowGraph, Facts> before, SdkSymbols sdk, IInvocationOperation? call, bool isFound, Uses uses)
            : base(graph, before)
        {
            (_sdk, _call, _isFound, _uses) = (sdk, call, isFound, uses);
            _conditions = new Conditions(this, graph);
            _aliased = [.. graph.Sites().Select(site => site.Operation).OfType<ISimpleAssignmentOperation>().Where(alias => alias.IsRef).Select(alias => Slot.Of(alias.Value)).OfType<Slot>()];
        }

        public FlowPath Start()
        {
            Facts facts = Facts.None;
            foreach (IArgumentOperation argument in _call!.Arguments)
            {
                if (!_isFound && argument.Parameter?.RefKind == RefKind.Out && IsHandleOrReader(argument.Value.Type, _sdk) && Slot.Of(Graph.Target(argument.Value)) is { } slot)
                    facts = facts.With(Graph.WordOf(slot), Known.Missing);
            }

            return new FlowPath(default, facts);
        }

        public override Known? ValueOf(FlowPath path, IOperation expression) => expression switch
        {
            IDefaultValueOperation when IsHandleOrReader(expression.Type, _sdk) => Known.Missing,
            IInvocationOperation when expression == _call => _isFound ? Known.True : Known.False,
            _ => null,
        };

        protected override void See(FlowPath path, IOperation operation)
        {
            foreach (IOperation value in operation.ChildOperations)
            {
                if (IsHandleOrReader(value.Type, _sdk) && MemberAskedOf(value, operation) is { } member && IsOfSdk(member) && !Copes(member))
                    _uses.Add(value, IsDead(path, value) ? new DeadValue(value, ReasonFor(value), member) : null);
            }
        }

        private bool IsDead(FlowPath path, IOperation value) =>
            !(Slot.Of(Unconverted.Of(value)) is { } slot && _aliased.Contains(slot)) && Known.Missing.Equals(_conditions.ValueOf(path, value));

        private string ReasonFor(IOperation value) => (Slot.Of(Unconverted.Of(value))?.Symbol, _call) switch
        {
            (null, _) => "'default'",
            ({ } name, null) => $"'{name.Name}', which is default on every path to here,",
            ({ } name, { } call) => $"'{name.Name}', which '{call.TargetMethod.Name}' has not set,",
        };

        /// <summary>Returns the member of the value that is used, or the member of the SDK that receives the value.</summary>
        private static ISymbol? MemberAskedOf(IOperation value, IOperation operation) => operation switch
        {
            IPropertyReferenceOperation property when property.Instance == value => property.Property,
            IMethodReferenceOperation method when method.Instance == value => method.Method,
            IInvocationOperation call when call.Instance == value => call.TargetMethod,
            IArgumentOperation { Parameter.RefKind: not RefKind.Out, Parent: IInvocationOperation { TargetMethod: var method } } => method,
            _ => null,
        };

        /// <summary>Returns true if a default value supports a member: comparison and printing.</summary>
        private static bool Copes(ISymbol member) => member.Name is nameof(Equals) or nameof(GetHashCode) or nameof(ToString) or nameof(GetType);

        private static bool IsOfSdk(ISymbol member) =>
            member.ContainingAssembly?.Name is { } name && (name is "IoAsid.Typed" || name.StartsWith("IoAsid.Typed.", StringComparison.Ordinal));
    }
}
