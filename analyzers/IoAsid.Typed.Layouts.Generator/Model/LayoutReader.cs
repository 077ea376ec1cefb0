using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Layouts.Generator;

/// <summary>Reads the declaration of a structure into the model of its generated part.</summary>
internal static class LayoutReader
{
    private const int ReadWrite = 1;

    /// <summary>Members that a structure may declare itself; they are not generated then.</summary>
    private static readonly ImmutableArray<string> Optional = ["ReservedMask", "SizeInBytes", "ToString"];

    /// <summary>The sizes that containers have.</summary>
    public static ImmutableArray<int> Sizes { get; } = [8, 16, 32, 64, 128, 256, 512];

    /// <summary>Returns the model; null if no part can be added to the structure.</summary>
    /// <remarks>A declaration with a mistake gives code that compiles, so that the mistake is the only error.</remarks>
    public static LayoutModel? Read(INamedTypeSymbol structure, AttributeData attribute, CancellationToken cancellationToken)
    {
        if (!CanBeExtended(structure, cancellationToken))
            return null;

        int size = SizeOf(attribute);
        bool hasParameters = HasParameters(structure, cancellationToken);
        int container = hasParameters ? DeclaredContainer(structure) ?? ContainerOf(size) : ContainerOf(size);
        int access = FieldDeclaration.Constant(attribute, "Access") ?? ReadWrite;
        ImmutableArray<FieldModel> fields =
        [
            .. FieldDeclaration.AllOf(structure).Where(field => field.IsFirst && field.CanBeImplemented).Select(field => Read(field, container, access, cancellationToken)),
        ];

        return new LayoutModel(
            structure.ContainingNamespace.IsGlobalNamespace ? "" : structure.ContainingNamespace.ToDisplayString(),
            new([.. Around(structure)]),
            structure.Name + TypeParameters(structure),
            FileNameOf(structure),
            hasParameters,
            container,
            NameOf(structure, attribute),
            Sizes.Contains(size) ? size : container,
            HasConstructor(structure) ? 0 : InitialOf(attribute) & (ulong.MaxValue >> Math.Max(0, 64 - container)),
            Demands.Of(attribute),
            new(fields),
            new([.. Optional.Where(name => IsDeclared(structure, name))]));
    }

    /// <summary>Returns the name in the architecture.</summary>
    public static string NameOf(INamedTypeSymbol structure, AttributeData attribute) =>
        attribute.ConstructorArguments is [{ Value: string name }, ..] ? name : structure.Name;

    /// <summary>Returns the size in bits as it is declared.</summary>
    public static int SizeOf(AttributeData attribute) => attribute.ConstructorArguments is [_, { Value: int size }, ..] ? size : 0;

    /// <summary>Bits 63:0 of a new structure as they are declared.</summary>
    public static ulong InitialOf(AttributeData attribute) =>
        attribute.NamedArguments.Where(argument => argument.Key is "Initial").Select(argument => argument.Value.Value).FirstOrDefault() is ulong bits ? bits : 0;

    /// <summary>Returns true if a generated part can be added: the structure is a partial record struct, and so are the types around it.</summary>
    public static bool CanBeExtended(INamedTypeSymbol structure, CancellationToken cancellationToken)
    {
        if (structure is not { TypeKind: TypeKind.Struct, IsRecord: true })
            return false;

        for (INamedTypeSymbol? type = structure; type is not null; type = type.ContainingType)
        {
            if (!IsPartial(type, cancellationToken))
                return false;
        }

        return true;
    }

    public static bool IsPartial(INamedTypeSymbol type, CancellationToken cancellationToken) => type.DeclaringSyntaxReferences.All(part =>
        part.GetSyntax(cancellationToken) is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    private static FieldModel Read(FieldDeclaration field, int container, int access, CancellationToken cancellationToken) => new(
        field.Property.Name,
        ModifiersOf(field.Property, cancellationToken),
        field.Property.Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
        IsSound(field, container) ? field.Type.Kind : FieldKind.None,
        field.Type.Width,
        AccessorOf(field.Property, field.Property.GetMethod, "get"),
        AccessorOf(field.Property, field.Property.SetMethod, field.Property.SetMethod is { IsInitOnly: true } ? "init" : "set"),
        field.Content,
        field.Description,
        new([.. field.Slices.Select(slice =>
            new FieldSlice(slice.Name, slice.LowBit, slice.Width, slice.Constant("Access") ?? access, Demands.Of(slice.Attribute)))]));

    /// <summary>Returns true if accessors can be written. A declaration without has been reported, and its accessors throw.</summary>
    private static bool IsSound(FieldDeclaration field, int container) =>
        field.Slices.All(slice => slice.IsInsideWord && slice.HighBit < container)
        && field.TotalWidth <= 64
        && field.CanBeSliced
        && (field.Slices.Count == 1 || field.Type.Kind != FieldKind.Boolean);

    private static bool HasConstructor(INamedTypeSymbol structure) =>
        structure.InstanceConstructors.Any(constructor => constructor is { Parameters.IsEmpty: true, IsImplicitlyDeclared: false });

    private static string ModifiersOf(IPropertySymbol property, CancellationToken cancellationToken)
    {
        StringBuilder text = new();
        if (property.DeclaringSyntaxReferences is [var part, ..] && part.GetSyntax(cancellationToken) is PropertyDeclarationSyntax declaration)
        {
            foreach (SyntaxToken modifier in declaration.Modifiers)
            {
                if (!modifier.IsKind(SyntaxKind.PartialKeyword))
                    text.Append(modifier.Text).Append(' ');
            }
        }

        return text.ToString();
    }

    private static string? AccessorOf(IPropertySymbol property, IMethodSymbol? accessor, string keyword)
    {
        if (accessor is null)
            return null;

        return accessor.DeclaredAccessibility == property.DeclaredAccessibility
            ? keyword
            : $"{SyntaxFacts.GetText(accessor.DeclaredAccessibility)} {keyword}";
    }

    private static int ContainerOf(int size)
    {
        foreach (int container in Sizes)
        {
            if (container >= size)
                return container;
        }

        return Sizes[^1];
    }

    private static bool HasParameters(INamedTypeSymbol structure, CancellationToken cancellationToken) => structure.DeclaringSyntaxReferences.Any(part =>
        part.GetSyntax(cancellationToken) is RecordDeclarationSyntax { ParameterList: not null });

    /// <summary>Returns the container that the structure names in its primary constructor: <c>record struct X(Bits64 Bits)</c>.</summary>
    private static int? DeclaredContainer(INamedTypeSymbol structure)
    {
        foreach (ISymbol member in structure.GetMembers("Bits"))
        {
            if (member is IPropertySymbol { Type: INamedTypeSymbol container } && LayoutMarks.IsOurs(container))
                return Sizes.Where(size => string.Equals(container.Name, $"Bits{size}", StringComparison.Ordinal)).Select(size => (int?)size).FirstOrDefault();
        }

        return null;
    }

    private static Stack<string> Around(INamedTypeSymbol structure)
    {
        Stack<string> around = new();
        for (INamedTypeSymbol? type = structure.ContainingType; type is not null; type = type.ContainingType)
        {
            string keyword = type switch
            {
                { TypeKind: TypeKind.Interface } => "interface",
                { TypeKind: TypeKind.Struct, IsRecord: true } => "record struct",
                { TypeKind: TypeKind.Struct } => "struct",
                { IsRecord: true } => "record",
                _ => "class",
            };
            around.Push($"partial {keyword} {type.Name}{TypeParameters(type)}");
        }

        return around;
    }

    private static string TypeParameters(INamedTypeSymbol type) =>
        type.TypeParameters.IsEmpty ? "" : $"<{string.Join(", ", type.TypeParameters.Select(parameter => parameter.Name))}>";

    private static string FileNameOf(INamedTypeSymbol structure)
    {
        StringBuilder text = new(structure.MetadataName);
        for (INamedTypeSymbol? type = structure.ContainingType; type is not null; type = type.ContainingType)
            text.Insert(0, '.').Insert(0, type.MetadataName);

        if (!structure.ContainingNamespace.IsGlobalNamespace)
            text.Insert(0, '.').Insert(0, structure.ContainingNamespace.ToDisplayString());

        return text.Replace('`', '-').Append(".g.cs").ToString();
    }

    private static bool IsDeclared(INamedTypeSymbol structure, string name) => structure.GetMembers(name).Any(member =>
        !member.IsImplicitlyDeclared && member is not IMethodSymbol { Name: "ToString", Parameters.Length: > 0 });
}
