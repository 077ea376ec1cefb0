using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.CodeFixes;

/// <summary>A change that keeps comments, directives and evaluation order, with the judgement of the compiler.</summary>
/// <param name="document">The changed document.</param>
/// <param name="model">The semantics of the changed document.</param>
/// <param name="opinion">The compiler's judgement.</param>
internal sealed class CheckedChange(Document document, SemanticModel model, CompilerOpinion opinion)
{
    public Document Document => document;

    public SemanticModel Model => model;

    public CompilerOpinion Opinion => opinion;
}
