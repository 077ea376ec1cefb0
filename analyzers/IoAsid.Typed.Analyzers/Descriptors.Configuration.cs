using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <content>Rules about the configuration of the rules: IOASID0xxx.</content>
internal static partial class Descriptors
{
    private const string Configuration = "IoAsid.Configuration";

    public static readonly DiagnosticDescriptor InvalidOption = new(
        DiagnosticIds.InvalidOption,
        "Option that does nothing",
        "The option '{0}' of .editorconfig {1}",
        Configuration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A misspelt option, or one whose value names no member, would have no effect and no message.",
        helpLinkUri: PageOf(DiagnosticIds.InvalidOption),
        customTags: WellKnownDiagnosticTags.CompilationEnd);
}
