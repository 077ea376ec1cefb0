using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers.UntypedLookups;

/// <summary>IOASID1001 and IOASID1002: every use of an untyped lookup gets exactly one of the two.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UntypedLookupAnalyzer : IoAsidAnalyzer
{
    /// <summary>Creates the rule.</summary>
    public UntypedLookupAnalyzer()
        : base(Descriptors.UntypedLookupWithoutSet, Descriptors.UntypedLookupThroughSet)
    {
    }

    private protected override void Register(CompilationStartAnalysisContext context, SdkSymbols sdk)
    {
        UntypedLookupCatalog catalog = new(sdk, context.Compilation, context.Options.AnalyzerConfigOptionsProvider);
        context.RegisterOperationAction(operation => Report(operation, catalog), UntypedLookupUse.Kinds);
        if (catalog.HasOperators)
            context.RegisterOperationAction(operation => Report(operation, catalog), UntypedLookupUse.OperatorKinds);
    }

    private static void Report(OperationAnalysisContext context, UntypedLookupCatalog catalog)
    {
        if (UntypedLookupUse.Find(context.Operation, catalog) is { } use)
            context.ReportDiagnostic(DiagnosticFor(use, catalog.Sdk));
    }

    private static Diagnostic DiagnosticFor(UntypedLookupUse use, SdkSymbols sdk)
    {
        ImmutableArray<ITypeSymbol> expected = ExpectedData.Of(use.Operation);
        string member = MemberName.Of(use.Member);
        return use.Presence == SetPresence.There
            ? Diagnostic.Create(
                Descriptors.UntypedLookupThroughSet,
                use.Site.GetLocation(),
                member,
                UntypedLookupWording.Sets(use),
                UntypedLookupWording.TypedSet(use, expected, sdk))
            : Diagnostic.Create(
                Descriptors.UntypedLookupWithoutSet,
                use.Site.GetLocation(),
                member,
                UntypedLookupWording.WhereItLooks(use),
                UntypedLookupWording.SetOf(expected));
    }
}
