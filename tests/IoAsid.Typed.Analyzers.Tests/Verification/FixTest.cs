using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace IoAsid.Typed.Analyzers.Tests.Verification;

/// <summary>
/// An application of the fixes to code, one by one and by FixAll in document, project and solution, and a compilation of the result. The fixed
/// code marks the diagnostics that are left. FixAll runs only in the document unless a test requests more, because it is slow.
/// </summary>
internal sealed class FixTest<TAnalyzer, TFix> : CSharpCodeFixTest<TAnalyzer, TFix, DefaultVerifier>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TFix : CodeFixProvider, new()
{
    public FixTest(string code, string fixedCode)
    {
        CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllInProjectCheck | CodeFixTestBehaviors.SkipFixAllInSolutionCheck;
        // RulePageTests runs each rule on generated code.
        TestBehaviors = TestBehaviors.SkipGeneratedCodeCheck;
        ReferenceAssemblies = new ReferenceAssemblies("none");
        FixedState.MarkupHandling = MarkupMode.Allow;
        TestState.AdditionalReferences.AddRange([.. TestProject.Framework, .. TestProject.Sdk]);
        TestState.Sources.Add(code);
        TestState.Sources.Add(TestProject.DriverTypes);
        FixedState.Sources.Add(fixedCode);
        FixedState.Sources.Add(TestProject.DriverTypes);
    }

    public string EditorConfig
    {
        init => TestState.AnalyzerConfigFiles.Add(("/.editorconfig", $"root = true\n[*.cs]\n{value}\n"));
    }

    /// <summary>The code after FixAll; by default, the code after the fixes one by one.</summary>
    public string FixAllCode
    {
        init
        {
            BatchFixedState.MarkupHandling = MarkupMode.Allow;
            BatchFixedState.Sources.Add(value);
            BatchFixedState.Sources.Add(TestProject.DriverTypes);
        }
    }

    protected override ParseOptions CreateParseOptions() => TestProject.Parse;

    protected override CompilationOptions CreateCompilationOptions() => TestProject.Compile.WithOutputKind(TestState.OutputKind ?? TestProject.Compile.OutputKind);
}
