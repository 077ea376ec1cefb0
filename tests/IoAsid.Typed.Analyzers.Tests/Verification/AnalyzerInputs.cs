using IoAsid.Typed.Analyzers.Tests.Pages;

namespace IoAsid.Typed.Analyzers.Tests.Verification;

/// <summary>
/// The folders of code that the rules and the fixes are run on: copies in this project, or the folder in IOASID_ANALYZER_INPUTS, which has the situations, and in <c>fixes</c> the
/// inputs of the fixes.
/// </summary>
internal static class AnalyzerInputs
{
    private const string Variable = "IOASID_ANALYZER_INPUTS";

    public static string Situations => Named ?? Path.Combine(Own, "Situations");

    public static string Fixes => Named is { } named ? Path.Combine(named, "fixes") : Path.Combine(Own, "Fixes", "Sources");

    private static string? Named => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : null;

    private static string Own => Path.Combine(RulePages.Repository, "tests", "IoAsid.Typed.Analyzers.Tests");
}
