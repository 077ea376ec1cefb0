using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace IoAsid.Typed.Analyzers.Tests.Verification;

/// <summary>A run of one rule over code in which the expected diagnostics are marked.</summary>
internal sealed class RuleTest<TAnalyzer> : CSharpAnalyzerTest<TAnalyzer, DefaultVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    public RuleTest(string code)
    {
        // RulePageTests runs each rule on generated code.
        TestBehaviors = TestBehaviors.SkipGeneratedCodeCheck;
        ReferenceAssemblies = new ReferenceAssemblies("none");
        TestState.AdditionalReferences.AddRange([.. TestProject.Framework, .. TestProject.Sdk]);
        TestState.Sources.Add(code);
        TestState.Sources.Add(TestProject.DriverTypes);
    }

    public string EditorConfig
    {
        init => TestState.AnalyzerConfigFiles.Add(("/.editorconfig", $"root = true\n[*.cs]\n{value}\n"));
    }

    protected override ParseOptions CreateParseOptions() => TestProject.Parse;

    protected override CompilationOptions CreateCompilationOptions() => TestProject.Compile.WithOutputKind(TestState.OutputKind ?? TestProject.Compile.OutputKind);
}
