using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// The names of all symbols with one of the SDK's attributes, in a compilation and its references. Most code has none, so the first test of a symbol is
/// whether anything of its name is marked, and it costs next to nothing.
/// </summary>
/// <remarks>A mark needs the name of the attribute. Only a text with that name, or a reference with it in its list of types, is examined.</remarks>
internal sealed class MarkedNames
{
    private const string Constructor = ".ctor";
    private const string Indexer = "this[]";
    private const string Operator = "op_";

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    // What an alias of the attribute marks cannot be found by its name.
    private bool _isUnknown;

    public MarkedNames(SdkType attribute, Compilation compilation)
    {
        foreach (INamedTypeSymbol definition in attribute.Definitions)
            Add(definition, compilation);
    }

    /// <summary>Gets a value indicating whether nothing is marked.</summary>
    public bool IsEmpty => !_isUnknown && _names.Count == 0;

    /// <summary>Gets a value indicating whether some operator may be marked.</summary>
    public bool HasOperators => _isUnknown || _names.Contains(Operator);

    /// <summary>Gets a value indicating whether some property may be marked.</summary>
    public bool HasProperties { get => _isUnknown || field; private set; }

    /// <summary>The names, those of delegates' types included; null if they are not known.</summary>
    public IReadOnlyCollection<string>? All => _isUnknown ? null : _names;

    /// <summary>Returns true if a member, delegate or parameter may be marked, itself or in a member that it overrides or implements.</summary>
    public bool MayBe(ISymbol symbol) => _isUnknown || (_names.Count > 0 && (_names.Contains(symbol.Name) || _names.Contains(NameOf(symbol))));

    /// <summary>Returns the name for a symbol: for a parameter that of its member, because an override may rename the parameter, and for an accessor that of its property.</summary>
    private static string NameOf(ISymbol symbol) => symbol switch
    {
        _ when !CallStack.HasRoom() => symbol.Name,
        IParameterSymbol { ContainingSymbol: { } member } => NameOf(member),
        IMethodSymbol { AssociatedSymbol: { } owner } => NameOf(owner),
        IMethodSymbol { MethodKind: MethodKind.DelegateInvoke, ContainingType: { } type } => type.Name,
        IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } => "",
        IPropertySymbol { IsIndexer: true } => Indexer,
        _ => Unqualified(symbol.Name),
    };

    /// <summary>Returns a name without the interface, after which an explicit implementation is named too. All operators go by one name: hardly any is ever marked.</summary>
    private static string Unqualified(string name)
    {
        string own = name.LastIndexOf('.') is > 0 and var dot ? name.Substring(dot + 1) : name;
        return own.StartsWith(Operator, StringComparison.Ordinal) ? Operator : own;
    }

    private void Add(INamedTypeSymbol attribute, Compilation compilation)
    {
        AddDeclared(attribute, compilation);
        foreach (IAssemblySymbol assembly in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            if (!CanMark(assembly, attribute))
                continue;

            if (compilation.GetMetadataReference(assembly) is CompilationReference project)
                AddDeclared(attribute, project.Compilation);
            else
                AddCompiled(attribute, assembly);
        }
    }

    private static bool CanMark(IAssemblySymbol assembly, INamedTypeSymbol attribute) =>
        SymbolEqualityComparer.Default.Equals(assembly, attribute.ContainingAssembly)
        || assembly.Modules.Any(module => module.ReferencedAssemblies.Any(referenced =>
            string.Equals(referenced.Name, attribute.ContainingAssembly.Name, StringComparison.OrdinalIgnoreCase)));

    private void AddCompiled(INamedTypeSymbol attribute, IAssemblySymbol assembly)
    {
        if (assembly.GetMetadata() is not { } metadata)
        {
            _isUnknown = true;
            return;
        }

        foreach ((string name, bool isProperty) in CompiledMarks.In(metadata, attribute.Name))
        {
            _names.Add(string.Equals(name, "Item", StringComparison.Ordinal) ? Indexer : Unqualified(name));
            HasProperties |= isProperty;
        }
    }

    private void AddDeclared(INamedTypeSymbol attribute, Compilation compilation)
    {
        string written = attribute.Name.EndsWith(nameof(Attribute), StringComparison.Ordinal)
            ? attribute.Name.Substring(0, attribute.Name.Length - nameof(Attribute).Length)
            : attribute.Name;
        foreach (SyntaxTree file in compilation.SyntaxTrees)
        {
            foreach (int position in Mentions.Of(written, file, CancellationToken.None))
                AddMarkAt(file.GetRoot().FindToken(position));
        }
    }

    private void AddMarkAt(SyntaxToken word)
    {
        for (SyntaxNode? node = word.Parent; node is not null; node = node.Parent)
        {
            switch (node)
            {
                case UsingDirectiveSyntax { Alias: not null }:
                    _isUnknown = true;
                    return;
                case AttributeListSyntax { Parent: { } owner }:
                    AddNamesOf(owner);
                    return;
                case NameSyntax or AttributeSyntax:
                    break;
                case not CSharpSyntaxNode:
                    _isUnknown = true;
                    return;
                default:
                    return;
            }
        }
    }

    private void AddNamesOf(SyntaxNode owner)
    {
        switch (owner)
        {
            case ParameterSyntax parameter:
                _names.Add(parameter.Identifier.ValueText);
                AddNamesOf(parameter.Parent is BaseParameterListSyntax { Parent: { } member } ? member : parameter.Parent!, isOfParameter: true);
                break;
            case AccessorDeclarationSyntax { Parent.Parent: { } property }:
                AddNamesOf(property, isOfParameter: false);
                break;
            default:
                AddNamesOf(owner, isOfParameter: false);
                break;
        }
    }

    private void AddNamesOf(SyntaxNode owner, bool isOfParameter)
    {
        switch (owner)
        {
            case BaseFieldDeclarationSyntax field:
                _names.UnionWith(field.Declaration.Variables.Select(variable => variable.Identifier.ValueText));
                break;
            case ExtensionBlockDeclarationSyntax:
                _isUnknown = true; // Every member of the block has the parameter.
                break;
            case TypeDeclarationSyntax when isOfParameter:
                HasProperties = true; // In a record, its property.
                _names.Add(Constructor);
                break;
            case ConstructorDeclarationSyntax:
                _names.Add(Constructor);
                break;
            default:
                HasProperties |= owner is BasePropertyDeclarationSyntax;
                _names.Add(NameOf(owner));
                break;
        }
    }

    private static string NameOf(SyntaxNode owner) => owner switch
    {
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        PropertyDeclarationSyntax property => property.Identifier.ValueText,
        EventDeclarationSyntax @event => @event.Identifier.ValueText,
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        DelegateDeclarationSyntax @delegate => @delegate.Identifier.ValueText,
        LocalFunctionStatementSyntax function => function.Identifier.ValueText,
        IndexerDeclarationSyntax => Indexer,
        OperatorDeclarationSyntax or ConversionOperatorDeclarationSyntax => Operator,
        _ => "",
    };
}
