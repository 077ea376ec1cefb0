using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID1001 and IOASID1002: every use of an untyped lookup gets exactly one of the two.</summary>
public sealed class UntypedLookupAnalyzer : CallRule
{
    /// <summary>Creates the rule.</summary>
    public UntypedLookupAnalyzer()
        : base(Descriptors.UntypedLookupWithoutSet, Descriptors.UntypedLookupThroughSet)
    {
    }

    internal override void Register(CallActions calls, SdkSymbols sdk)
    {
        UntypedLookupCatalog catalog = new(sdk, calls.Compilation, calls.Options.AnalyzerConfigOptionsProvider);
        if (catalog.MethodNames is { } names)
            calls.Of(names, (context, _) => Report(context, catalog));
        else
            calls.Everywhere((context, _) => Report(context, catalog));

        calls.At(context => Report(context, catalog), UntypedLookupUse.OtherKinds);
        if (catalog.HasProperties)
            calls.At(context => Report(context, catalog), OperationKind.PropertyReference);

        if (catalog.HasOperators)
            calls.At(context => Report(context, catalog), UntypedLookupUse.OperatorKinds);
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
