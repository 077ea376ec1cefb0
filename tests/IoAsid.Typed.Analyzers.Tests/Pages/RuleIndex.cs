using System.Text;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers.Tests.Pages;

/// <summary>The table of all rules, written from their descriptors.</summary>
internal static class RuleIndex
{
    /// <summary>With this environment variable set to 1, the test of the index writes it.</summary>
    public const string UpdateVariable = "IOASID_UPDATE_RULE_INDEX";

    public static string Write()
    {
        StringBuilder text = new();
        text.Append($"# Rules\n\n<!-- Generated from the descriptors. To write it again: {UpdateVariable}=1 dotnet test --project tests/IoAsid.Typed.Analyzers.Tests -->\n\n");
        text.Append("| rule | category | title | severity | fix |\n|---|---|---|---|---|\n");
        (string id, string category, string title, string severity) = RulePages.OfTheBuild;
        text.Append(Row(id, category, title, severity, "no"));
        foreach (DiagnosticDescriptor rule in AllRules.Descriptors)
            text.Append(Row(rule.Id, rule.Category, $"{rule.Title}", Severity(rule), Fix(rule)));

        text.Append("\n[What every fix keeps](fixes.md): comments, directives and the order of evaluation.\n");
        return text.ToString();
    }

    private static string Row(string id, string category, string title, string severity, string fix) =>
        $"| [{id}]({id}.md) | {category} | {title} | {severity} | {fix} |\n";

    public static string Severity(DiagnosticDescriptor rule) => rule.DefaultSeverity switch
    {
        DiagnosticSeverity.Error => "error",
        DiagnosticSeverity.Warning => "warning",
        DiagnosticSeverity.Info => "suggestion",
        _ => "hidden",
    };

    public static string Fix(DiagnosticDescriptor rule) =>
        AllRules.Fixes.Any(fix => fix.FixableDiagnosticIds.Contains(rule.Id, StringComparer.Ordinal)) ? "yes" : "no";
}
