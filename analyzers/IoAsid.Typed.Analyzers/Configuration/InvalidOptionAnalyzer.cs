using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID0002: an option of this analyzer that is misspelt, or whose value does nothing.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class InvalidOptionAnalyzer : IoAsidAnalyzer
{
    /// <summary>Creates the rule.</summary>
    public InvalidOptionAnalyzer()
        : base(Descriptors.InvalidOption)
    {
    }

    /// <summary>Reports the mistakes once for each compilation. They are in no source file, and the compiler does not show the rules their file.</summary>
#pragma warning disable RS1013 // There is no other way from here to an action on the compilation as a whole.
    private protected override void Register(CompilationStartAnalysisContext context, SdkSymbols sdk) => context.RegisterCompilationEndAction(
        end =>
        {
            foreach ((string key, string value) in OptionsOf(end))
            {
                foreach (string mistake in OptionMistakes.In(key, value, end.Compilation))
                    end.ReportDiagnostic(Diagnostic.Create(Descriptors.InvalidOption, Location.None, key, mistake));
            }
        });
#pragma warning restore RS1013

    /// <summary>Returns each option of the rules with each value that it has in some file, sorted.</summary>
    private static IEnumerable<(string Key, string Value)> OptionsOf(CompilationAnalysisContext context)
    {
        AnalyzerConfigOptionsProvider provider = context.Options.AnalyzerConfigOptionsProvider;
        return context.Compilation.SyntaxTrees
            .Select(provider.GetOptions)
            .Prepend(provider.GlobalOptions)
            .SelectMany(OurOptions)
            .Distinct()
            .OrderBy(option => option.Key, StringComparer.Ordinal)
            .ThenBy(option => option.Value, StringComparer.Ordinal);
    }

    private static IEnumerable<(string Key, string Value)> OurOptions(AnalyzerConfigOptions options)
    {
        foreach (string key in options.Keys)
        {
            if (OptionMistakes.IsMeantForUs(key) && options.TryGetValue(key, out string? value))
                yield return (key, value);
        }
    }
}
