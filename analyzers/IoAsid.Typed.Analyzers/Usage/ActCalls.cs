using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Analyzers;

/// <summary>The calls of a body that act on an id. Asking again with <c>Contains</c> is for assertions and no act.</summary>
internal sealed class ActCalls(Body body)
{
    private readonly IdCall[] _acts = [.. body.Calls.Where(call => call.Name is not "Contains").OrderBy(call => call.Call.Syntax.SpanStart)];
    private readonly Dictionary<SyntaxNode, IdCall> _calls = BySyntax(body.Calls);

    /// <summary>
    /// Returns true if the answer of a call can guard another: it is not dropped, and no build leaves the call out, as it does in <c>Debug.Assert</c>.
    /// </summary>
    public bool CanGuard(SyntaxNode call)
    {
        if (!_calls.TryGetValue(call, out IdCall? known) || Values.IsStatement(known.Call))
            return false;

        for (IOperation? outer = known.Call; outer is not null; outer = outer.Parent)
        {
            if (outer is IInvocationOperation { TargetMethod: var method } && method.GetAttributes().Any(attribute => attribute.AttributeClass is { Name: "ConditionalAttribute" }))
                return false;
        }

        return true;
    }

    /// <summary>Returns true if a call may act on the id and the set of a check, as far as their names tell. Most calls about another id or another set are excluded here.</summary>
    public bool MayFollow(IdCall check) => Array.Exists(_acts, act => act.Call.Syntax != check.Call.Syntax && MayBeAbout(act, check));

    /// <summary>Returns the last block in which a call may act on the id and the set of a check, or null.</summary>
    public int? LastBlockAbout(IdCall check, Dictionary<SyntaxNode, int> blocks)
    {
        int? last = null;
        foreach (IdCall act in _acts)
        {
            if (blocks.TryGetValue(act.Call.Syntax, out int block) && MayBeAbout(act, check))
                last = Math.Max(last ?? block, block);
        }

        return last;
    }

    /// <summary>Returns the calls inside a lambda or local function, in the order of the code.</summary>
    public IEnumerable<IdCall> In(FlowGraph function) =>
        function.Function?.DeclaringSyntaxReferences.FirstOrDefault()?.Span is { } span ? In(span) : [];

    /// <summary>Returns the last block of a graph in which each call is made, or a function that has it is made or called.</summary>
    public Dictionary<SyntaxNode, int> BlocksIn(FlowGraph graph)
    {
        Dictionary<SyntaxNode, int> blocks = [];
        foreach (FlowSite site in graph.Sites())
        {
            if (_calls.TryGetValue(site.Operation.Syntax, out IdCall? call) && call.Name is not "Contains")
                blocks[site.Operation.Syntax] = site.Block.Ordinal;

            foreach (IdCall inside in graph.FunctionAt(site.Operation) is { } function ? In(function) : [])
                blocks[inside.Call.Syntax] = site.Block.Ordinal;
        }

        return blocks;
    }

    /// <summary>Returns the first of some calls in the order of the code, as the compiler gives it, or null.</summary>
    public IdCall? First(IEnumerable<SyntaxNode> calls) => calls.OrderBy(call => call.SpanStart).Select(call => _calls.TryGetValue(call, out IdCall? act) ? act : null).FirstOrDefault();

    /// <summary>Returns true if a call may be about the id and the set of a check. A local may have any set. A local or parameter may have any id.</summary>
    private static bool MayBeAbout(IdCall act, IdCall check) =>
        (IsLocal(act.Set) || IsLocal(check.Set) || SameValue.Have(act.Set, check.Set))
        && (IsVariable(act.Id) || IsVariable(check.Id) || SameValue.Have(act.Id, check.Id));

    private static bool IsLocal(IOperation set) => Unconverted.Of(set) is ILocalReferenceOperation;

    private static bool IsVariable(IOperation id) => Unconverted.Of(id) is ILocalReferenceOperation or IParameterReferenceOperation;

    private static Dictionary<SyntaxNode, IdCall> BySyntax(IEnumerable<IdCall> calls)
    {
        Dictionary<SyntaxNode, IdCall> bySyntax = [];
        foreach (IdCall call in calls)
            bySyntax[call.Call.Syntax] = call;

        return bySyntax;
    }

    private IEnumerable<IdCall> In(TextSpan span)
    {
        int low = 0;
        int high = _acts.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_acts[middle].Call.Syntax.SpanStart < span.Start)
                low = middle + 1;
            else
                high = middle;
        }

        for (; low < _acts.Length && _acts[low].Call.Syntax.SpanStart < span.End; low++)
            yield return _acts[low];
    }
}
