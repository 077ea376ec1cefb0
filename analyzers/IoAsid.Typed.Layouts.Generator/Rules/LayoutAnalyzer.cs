using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Layouts.Generator;

/// <summary>Reports invalid layouts at their declarations: IOASID5001 to IOASID5008.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LayoutAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The name of the type that holds the bits of a field, for the fix of IOASID5004.</summary>
    internal const string WiderType = "WiderType";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        LayoutDescriptors.Overlap,
        LayoutDescriptors.Overrun,
        LayoutDescriptors.DuplicateName,
        LayoutDescriptors.NarrowType,
        LayoutDescriptors.UnfitEnumeration,
        LayoutDescriptors.NotPartial,
        LayoutDescriptors.UnknownSize,
        LayoutDescriptors.UnknownRequirement,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            // The generator shares this assembly, so switching the analyzers off cannot take the assembly away.
            bool off = start.Options.AnalyzerConfigOptionsProvider.GlobalOptions.TryGetValue("build_property.EnableIoAsidAnalyzers", out string? enabled)
                && string.Equals(enabled, "false", StringComparison.OrdinalIgnoreCase);
            if (!off && !start.Compilation.GetTypesByMetadataName($"{LayoutMarks.Namespace}.{LayoutMarks.BitLayout}").IsEmpty)
                start.RegisterSymbolAction(Check, SymbolKind.NamedType);
        });
    }

    private static void Check(SymbolAnalysisContext context)
    {
        INamedTypeSymbol structure = (INamedTypeSymbol)context.Symbol;
        if (LayoutMarks.Find(structure, LayoutMarks.BitLayout) is { } attribute)
            new LayoutCheck(context, structure, attribute).Run();
    }
}
