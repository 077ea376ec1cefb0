using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Layouts.Generator;

/// <summary>Implements the structures that are declared with <c>[BitLayout]</c>.</summary>
[Generator]
public sealed class LayoutGenerator : IIncrementalGenerator
{
    /// <summary>The name of the tracked step that reads declarations.</summary>
    internal const string ModelStep = "LayoutModel";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<LayoutModel> layouts = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                $"{LayoutMarks.Namespace}.{LayoutMarks.BitLayout}",
                static (node, _) => node is RecordDeclarationSyntax,
                static (found, cancellation) => LayoutReader.Read((INamedTypeSymbol)found.TargetSymbol, found.Attributes[0], cancellation))
            .Where(static layout => layout is not null)
            .Select(static (layout, _) => layout!)
            .WithTrackingName(ModelStep);

        context.RegisterSourceOutput(layouts, static (output, layout) => output.AddSource(layout.FileName, LayoutWriter.Write(layout)));
    }
}
