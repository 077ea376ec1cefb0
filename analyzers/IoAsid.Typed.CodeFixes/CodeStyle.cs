using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.CodeFixes;

/// <summary>The style of declaring variables in a file: that of <c>.editorconfig</c>, or else that of most of the file.</summary>
internal sealed class CodeStyle
{
    private const string VarElsewhere = "csharp_style_var_elsewhere";

    private readonly bool _prefersVar;

    private CodeStyle(bool prefersVar) => _prefersVar = prefersVar;

    public static CodeStyle Of(Document document, SyntaxTree tree)
    {
        AnalyzerConfigOptions options = document.Project.AnalyzerOptions.AnalyzerConfigOptionsProvider.GetOptions(tree);
        return new CodeStyle(options.TryGetValue(VarElsewhere, out string? value) ? value.StartsWith("true", StringComparison.OrdinalIgnoreCase) : MostlySaysVar(tree));
    }

    /// <summary>Returns the type of a new variable, as it is to be written at a place.</summary>
    public TypeSyntax TypeOf(ITypeSymbol type, SemanticModel model, int position) =>
        _prefersVar ? SyntaxFactory.IdentifierName("var") : Explicit(type, model, position);

    /// <summary>Returns the type, written out, with <c>?</c> only where annotations have a meaning.</summary>
    public static TypeSyntax Explicit(ITypeSymbol type, SemanticModel model, int position)
    {
        bool annotates = type.IsValueType || model.GetNullableContext(position).AnnotationsEnabled();
        return SyntaxFactory.ParseTypeName((annotates ? type : type.WithNullableAnnotation(NullableAnnotation.None)).ToMinimalDisplayString(model, position));
    }

    private static bool MostlySaysVar(SyntaxTree tree)
    {
        int balance = tree.GetRoot().DescendantNodes().OfType<VariableDeclarationSyntax>()
            .Where(declaration => declaration.Parent is LocalDeclarationStatementSyntax)
            .Sum(declaration => declaration.Type.IsVar ? 1 : -1);
        return balance > 0;
    }
}
