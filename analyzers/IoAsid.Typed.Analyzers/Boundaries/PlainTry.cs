using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// A first look at a Try call, which takes no flow graph: the handle that it gives out is named only behind the call and where the call succeeded. Other shapes of code need
/// their paths followed, so a shape that is missing here costs time and changes no answer.
/// </summary>
internal static class PlainTry
{
    /// <summary>Returns true if the out value of a call is plainly not used where the call failed.</summary>
    public static bool IsUsedOnlyWhereTaken(IInvocationOperation call) =>
        CodeWhereTaken(call) is { } taken && call.Arguments.Where(argument => argument.Parameter?.RefKind == RefKind.Out).All(argument => IsNamedOnlyIn(taken, argument.Value, call));

    /// <summary>Returns the code from a call to the end of the branch that runs if the call succeeded, in <c>if (… &amp;&amp; call &amp;&amp; …)</c> and <c>call ? … : …</c>.</summary>
    private static TextSpan? CodeWhereTaken(IInvocationOperation call)
    {
        IOperation test = call;
        while (test.Parent is IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd })
            test = test.Parent;

        return test.Parent is IConditionalOperation choice && choice.Condition == test
            ? TextSpan.FromBounds(call.Syntax.SpanStart, choice.WhenTrue.Syntax.Span.End)
            : null;
    }

    private static bool IsNamedOnlyIn(TextSpan code, IOperation place, IInvocationOperation call)
    {
        if ((place is IDeclarationExpressionOperation declared ? declared.Expression : place) is not ILocalReferenceOperation { Local: { RefKind: RefKind.None } local })
            return place is IDiscardOperation;

        IOperation body = call;
        while (body.Parent is { } parent)
            body = parent;

        return body.Descendants().OfType<ILocalReferenceOperation>().All(name => !SymbolEqualityComparer.Default.Equals(name.Local, local) || code.Contains(name.Syntax.Span));
    }
}
