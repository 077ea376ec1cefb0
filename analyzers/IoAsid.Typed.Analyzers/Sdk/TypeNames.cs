using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Analyzers;

/// <summary>The names by which a compilation can write one of the SDK's types: its own, and those of aliases. Asked before any symbol is.</summary>
internal sealed class TypeNames
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public TypeNames(string type, Compilation compilation)
    {
        _names.Add(type);
        foreach (SyntaxTree file in compilation.SyntaxTrees)
        {
            if (!Mentions.Of(type, file, CancellationToken.None).IsEmpty && file.GetRoot() is CompilationUnitSyntax unit)
                AddAliases(unit.Usings, unit.Members, type);
        }
    }

    /// <summary>Returns true if a parameter can be of this type, or of the nullable type around it.</summary>
    public bool MayBeIn(SeparatedSyntaxList<ParameterSyntax> parameters)
    {
        foreach (ParameterSyntax parameter in parameters)
        {
            if (MayBe(parameter.Type))
                return true;
        }

        return false;
    }

    /// <summary>Returns true if a type as it is written can be this one, or the nullable type around it.</summary>
    public bool MayBe(TypeSyntax? type) => type switch
    {
        _ when !CallStack.HasRoom() => false,
        SimpleNameSyntax name => _names.Contains(name.Identifier.ValueText) || (name is GenericNameSyntax { TypeArgumentList.Arguments: { Count: 1 } only } && MayBe(only[0])),
        QualifiedNameSyntax name => MayBe(name.Right),
        AliasQualifiedNameSyntax name => MayBe(name.Name),
        NullableTypeSyntax nullable => MayBe(nullable.ElementType),
        RefTypeSyntax reference => MayBe(reference.Type),
        ScopedTypeSyntax scoped => MayBe(scoped.Type),
        _ => false,
    };

    private void AddAliases(SyntaxList<UsingDirectiveSyntax> usings, SyntaxList<MemberDeclarationSyntax> members, string type)
    {
        if (!CallStack.HasRoom())
            return;

        foreach (UsingDirectiveSyntax directive in usings)
        {
            if (directive.Alias is { } alias && Mentions.AreIn(directive.Span, type, directive.SyntaxTree, CancellationToken.None))
                _names.Add(alias.Name.Identifier.ValueText);
        }

        foreach (MemberDeclarationSyntax member in members)
        {
            if (member is BaseNamespaceDeclarationSyntax inner)
                AddAliases(inner.Usings, inner.Members, type);
        }
    }
}
