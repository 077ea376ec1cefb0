using System.Globalization;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>The name of a test is <c>Subject_behaviour_condition</c>: at most 70 characters, and no clause in place of the subject.</summary>
internal static class TestNameRule
{
    private const int LongestName = 70;

    private static readonly string[] s_clauses = ["What", "Who", "It"];

    public static IEnumerable<string> Violations(SourceFile file) =>
        from method in file.Root.DescendantNodes().OfType<MethodDeclarationSyntax>()
        where IsTest(method)
        let mistake = WhyWrong(method.Identifier.ValueText)
        where mistake is not null
        select $"{file.Describe(method.Identifier)} [{mistake}]";

    /// <summary>Returns true if a method has an attribute such as <c>Fact</c>, <c>Theory</c> or one derived from them.</summary>
    public static bool IsTest(MethodDeclarationSyntax method) => method.AttributeLists.SelectMany(list => list.Attributes)
        .Any(attribute => attribute.Name.ToString() is { } name && (name.EndsWith("Fact", StringComparison.Ordinal) || name.EndsWith("Theory", StringComparison.Ordinal)));

    private static string? WhyWrong(string name) =>
        name.Length > LongestName ? string.Create(CultureInfo.InvariantCulture, $"{name.Length} characters") :
        s_clauses.Contains(name.Split('_')[0]) ? "begins with a clause" : null;
}
