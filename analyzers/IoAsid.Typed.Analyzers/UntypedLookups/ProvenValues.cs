using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The values of one body that are not null on every path to them, where the compiler tracks no nulls.</summary>
internal static class ProvenValues
{
    private static readonly ConditionalWeakTable<IOperation, HashSet<SyntaxNode>> PerBody = new();

    /// <summary>Returns true if a value is not null on each path to its place.</summary>
    public static bool Contain(IOperation value)
    {
        IOperation body = value;
        while (body.Parent is { } parent)
            body = parent;

        return value.SemanticModel?.GetEnclosingSymbol(value.Syntax.SpanStart) is { } containing && PerBody.GetValue(body, root => Find(root, containing)).Contains(value.Syntax);
    }

    private static HashSet<SyntaxNode> Find(IOperation body, ISymbol containing)
    {
        Dictionary<SyntaxNode, bool> isThere = [];
        return FactWatcher.Follow(FlowGraph.AllAround(body, containing, withTrees: true), (graph, before) => new Watcher(graph, before, isThere))
            ? [.. isThere.Where(place => place.Value).Select(place => place.Key)]
            : [];
    }

    private sealed class Watcher : FactWatcher
    {
        private readonly Dictionary<SyntaxNode, bool> _isThere;
        private readonly Conditions _conditions;

        public Watcher(FlowGraph graph, Dictionary<FlowGraph, Facts> before, Dictionary<SyntaxNode, bool> isThere)
            : base(graph, before)
        {
            _isThere = isThere;
            _conditions = new Conditions(this, graph);
        }

        /// <summary>Returns the facts of a declaration. A test or an assignment may add facts.</summary>
        public override Known? ValueOf(FlowPath path, IOperation expression) => expression switch
        {
            { Type: not { IsReferenceType: true } } => null,
            IDelegateCreationOperation => Known.NotNull,
            IInvocationOperation { TargetMethod.ReturnNullableAnnotation: NullableAnnotation.NotAnnotated } => Known.NotNull,
            IPropertyReferenceOperation { Property.NullableAnnotation: NullableAnnotation.NotAnnotated } => Known.NotNull,
            IFieldReferenceOperation { Field.NullableAnnotation: NullableAnnotation.NotAnnotated } => Known.NotNull,
            _ => null,
        };

        protected override void See(FlowPath path, IOperation operation)
        {
            // What the compiler passes for an argument that is left out has the syntax of the call.
            if (operation is IFlowCaptureOperation or IArgumentOperation { ArgumentKind: ArgumentKind.DefaultValue })
                return;

            foreach (IOperation operand in operation.ChildOperations.Where(operand => operand.Type is { IsReferenceType: true }))
            {
                bool isThere = _conditions.ValueOf(path, operand) is { IsNull: false };
                _isThere[operand.Syntax] = isThere && (!_isThere.TryGetValue(operand.Syntax, out bool before) || before);
            }
        }
    }
}
