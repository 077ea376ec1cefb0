using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.CodeFixes;

/// <summary>A proposed change of one file, before it is checked.</summary>
/// <param name="root">The changed root.</param>
/// <param name="replaced">The call of the unchanged file that a call with <see cref="EvaluationOrder.Replacement"/> replaces; null if no call is replaced.</param>
internal sealed class Change(SyntaxNode root, SyntaxNode? replaced = null)
{
    public SyntaxNode Root => root;

    public SyntaxNode? Replaced => replaced;
}
