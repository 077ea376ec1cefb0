using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>The common API shapes of the layers below the SDK: waits, notifications and errors.</summary>
internal static class GrammarRules
{
    private static readonly string[] s_layers = ["src/IoAsid.Typed.Hardware/", "src/IoAsid.Typed.Emulation/", "src/IoAsid.Typed.Iommu/", "src/IoAsid.Typed.Linux/"];

    private static readonly string[] s_tasks = ["Task", "ValueTask", "IAsyncEnumerable"];

    // Exempt are callbacks, for which only the libraries wait, a wait of one step, and waits inside a device model, which the hardware itself ends.
    private static readonly string[] s_withoutToken = ["DisposeAsync", "IAddressSpaceObserver", "IPageSource", "Yield", "DmaMaster", "Signal"];

    private static readonly string[] s_endings = ["Error", "Failure", "Outcome", "Result", "Answer", "LookupStatus", "BatchStatus"];

    /// <summary>Returns the public waits whose last parameter is not a token.</summary>
    public static IEnumerable<string> WaitsWithoutToken(SourceFile file) => IsInLayers(file)
        ? file.Root.DescendantNodes().OfType<MethodDeclarationSyntax>().Where(IsPublic).Where(IsWait).Where(method => !TakesToken(method)).Select(method => file.Describe(method.Identifier))
        : [];

    /// <summary>Returns the properties with a setter whose type is a delegate. Options are records, and may have a factory.</summary>
    public static IEnumerable<string> SettableDelegates(SourceFile file) => IsInLayers(file)
        ? file.Root.DescendantNodes().OfType<PropertyDeclarationSyntax>().Where(IsSettable).Where(property => IsDelegate(property.Type) && property.Parent is not RecordDeclarationSyntax)
            .Select(property => file.Describe(property.Identifier))
        : [];

    /// <summary>Returns the objects that are created only for the side effect of their constructor.</summary>
    public static IEnumerable<string> DiscardedObjects(SourceFile file) => IsInLayers(file)
        ? file.Root.DescendantNodes().OfType<BaseObjectCreationExpressionSyntax>().Where(IsDiscarded).Select(created => file.Describe(created.NewKeyword))
        : [];

    /// <summary>Returns the values of error enumerations that no code produces. A value with a number is one of hardware or of a kernel.</summary>
    public static IEnumerable<string> ErrorsNeverProduced(IReadOnlyCollection<SourceFile> files)
    {
        SourceFile[] sources = [.. files.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal))];
        HashSet<(string Type, string Value)> produced = [.. sources.SelectMany(file => file.Root.DescendantNodes().OfType<MemberAccessExpressionSyntax>()).Where(IsProduced).Select(Names)];
        return from file in sources
            from errors in file.Root.DescendantNodes().OfType<EnumDeclarationSyntax>()
            where s_endings.Any(ending => errors.Identifier.ValueText.EndsWith(ending, StringComparison.Ordinal))
            from value in errors.Members
            where value.EqualsValue is null && !IsFirst(value) && !produced.Contains((errors.Identifier.ValueText, value.Identifier.ValueText))
            select file.Describe(value.Identifier);
    }

    private static bool IsInLayers(SourceFile file) => s_layers.Any(layer => file.Path.StartsWith(layer, StringComparison.Ordinal));

    private static bool IsPublic(MethodDeclarationSyntax method) =>
        method.Modifiers.Any(SyntaxKind.PublicKeyword) && IsVisible(method.Parent) || method.Parent is InterfaceDeclarationSyntax && IsVisible(method.Parent);

    private static bool IsVisible(SyntaxNode? type) => type is BaseTypeDeclarationSyntax declared && declared.Modifiers.Any(SyntaxKind.PublicKeyword);

    private static bool IsWait(MethodDeclarationSyntax method) =>
        s_tasks.Contains(Simple(method.ReturnType)) && !s_withoutToken.Contains(method.Identifier.ValueText) && !s_withoutToken.Contains(((BaseTypeDeclarationSyntax)method.Parent!).Identifier.ValueText);

    private static bool TakesToken(MethodDeclarationSyntax method) => method.ParameterList.Parameters.LastOrDefault()?.Type is { } last && Simple(last) == "CancellationToken";

    private static bool IsSettable(PropertyDeclarationSyntax property) =>
        property.AccessorList?.Accessors.Any(accessor => accessor.Kind() is SyntaxKind.SetAccessorDeclaration or SyntaxKind.InitAccessorDeclaration) == true;

    private static bool IsDiscarded(BaseObjectCreationExpressionSyntax created) =>
        created.Parent is ExpressionStatementSyntax or AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" } };

    private static bool IsDelegate(TypeSyntax type) => Simple(type) is "Func" or "Action" or "EventHandler";

    private static string? Simple(TypeSyntax type) => type switch
    {
        NullableTypeSyntax nullable => Simple(nullable.ElementType),
        SimpleNameSyntax name => name.Identifier.ValueText,
        QualifiedNameSyntax qualified => Simple(qualified.Right),
        _ => null,
    };

    // The default value of an enumeration is its first value, so a field that is not set produces it.
    private static bool IsFirst(EnumMemberDeclarationSyntax value) => ((EnumDeclarationSyntax)value.Parent!).Members[0] == value;

    private static bool IsProduced(MemberAccessExpressionSyntax access) => access.Parent switch
    {
        ConstantPatternSyntax or CaseSwitchLabelSyntax => false,
        BinaryExpressionSyntax comparison => comparison.Kind() is not (SyntaxKind.EqualsExpression or SyntaxKind.NotEqualsExpression),
        _ => true,
    };

    private static (string Type, string Value) Names(MemberAccessExpressionSyntax access) =>
        (access.Expression is SimpleNameSyntax type ? type.Identifier.ValueText : "", access.Name.Identifier.ValueText);
}
