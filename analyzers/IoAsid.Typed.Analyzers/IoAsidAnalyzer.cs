using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>The base of every rule: it runs concurrently, leaves generated code alone, and costs next to nothing without the SDK.</summary>
public abstract class IoAsidAnalyzer : DiagnosticAnalyzer
{
    private protected IoAsidAnalyzer(params DiagnosticDescriptor[] descriptors) => SupportedDiagnostics = [.. descriptors];

    /// <inheritdoc/>
    public sealed override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; }

    /// <summary>The flags by which a rule looks at generated code. Most rules do not look at it, because generated code cannot be repaired by hand.</summary>
    private protected virtual GeneratedCodeAnalysisFlags GeneratedCode => GeneratedCodeAnalysisFlags.None;

    /// <inheritdoc/>
    public sealed override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCode);
        context.RegisterCompilationStartAction(start =>
        {
            if (SdkSymbols.Of(start.Compilation) is { } sdk)
                Register(start, sdk);
        });
    }

    /// <summary>Registers the rule's actions for a compilation that names the SDK.</summary>
    private protected abstract void Register(CompilationStartAnalysisContext context, SdkSymbols sdk);
}
