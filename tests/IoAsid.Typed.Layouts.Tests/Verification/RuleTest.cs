using IoAsid.Typed.Layouts.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;

namespace IoAsid.Typed.Layouts.Tests.Verification;

/// <summary>A run of the rules, with the generator, over code in which the expected diagnostics are marked.</summary>
internal sealed class RuleTest : CSharpAnalyzerTest<LayoutAnalyzer, DefaultVerifier>
{
    public RuleTest(string code)
    {
        ReferenceAssemblies = new ReferenceAssemblies("none");
        CompilerDiagnostics = CompilerDiagnostics.Errors;
        TestState.AdditionalReferences.AddRange(TestProject.References);
        TestState.Sources.Add(code);
        TestState.Sources.Add(TestProject.Usings);
        TestBehaviors |= TestBehaviors.SkipGeneratedSourcesCheck;
    }

    protected override IEnumerable<Type> GetSourceGenerators() => [typeof(LayoutGenerator)];

    protected override ParseOptions CreateParseOptions() => TestProject.Parse;

    protected override CompilationOptions CreateCompilationOptions() => TestProject.Options;
}

/// <summary>An application of a fix to code, one by one and by FixAll.</summary>
internal sealed class FixTest<TFix> : CSharpCodeFixTest<LayoutAnalyzer, TFix, DefaultVerifier>
    where TFix : CodeFixProvider, new()
{
    public FixTest(string code, string fixedCode)
    {
        ReferenceAssemblies = new ReferenceAssemblies("none");
        CompilerDiagnostics = CompilerDiagnostics.None;
        FixedState.MarkupHandling = MarkupMode.Allow;
        TestState.AdditionalReferences.AddRange(TestProject.References);
        TestState.Sources.Add(code);
        TestState.Sources.Add(TestProject.Usings);
        FixedState.Sources.Add(fixedCode);
        FixedState.Sources.Add(TestProject.Usings);
    }

    protected override ParseOptions CreateParseOptions() => TestProject.Parse;

    protected override CompilationOptions CreateCompilationOptions() => TestProject.Options;
}
