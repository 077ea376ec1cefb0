using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Analyzers.Tests.Fixes;

/// <summary>All fixes, by FixAll, on files with the code of bug reports against the fixes of other analyzers.</summary>
public sealed class AdversarialFixTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    /// <summary>The lines of a fixed file that are still reported, because no fix may change them.</summary>
    [Theory]
    [InlineData("F1Dropped.cs", "")]
    [InlineData("F2Leak.cs",
        "IOASID2001 IoAsidHold<SvaBinding> hold = sva.Hold(pasid); // b21; IOASID2001 IoAsidHold<SvaBinding> hold = sva.Hold(pasid); // b23; IOASID2001 sva.TryHold(pasid, out IoAsidReference<SvaBinding>? other);")]
    [InlineData("F3Check.cs", "")]
    [InlineData("F6Untyped.cs", "IOASID1001 return b ?? UntypedLookup.Find(")]
    public async Task FixAll_keeps_comments_directives_and_the_sense_of_the_code(string file, string unfixed)
    {
        Dictionary<string, string> files = new(StringComparer.Ordinal)
        {
            ["Types.cs"] = await File.ReadAllTextAsync(Path.Combine(AnalyzerInputs.Fixes, "Types.cs"), Cancellation),
            ["Usings.cs"] = "global using System; global using System.Threading.Tasks;",
            [file] = await File.ReadAllTextAsync(Path.Combine(AnalyzerInputs.Fixes, file), Cancellation),
        };
        SyntaxNode before = Parse(files[file]);

        foreach (CodeFixProvider fix in AllRules.Fixes)
            files = new(await FixedProject.ApplyAsync(fix, files, Cancellation), StringComparer.Ordinal);

        SyntaxNode after = Parse(files[file]);
        using AdhocWorkspace workspace = new();
        Compilation compilation = (await FixedProject.Open(workspace, files).GetCompilationAsync(Cancellation))!;
        Assert.Empty(compilation.GetDiagnostics(Cancellation).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        KeptText.AssertKept(before, after);
        Assert.Equal(unfixed, string.Join("; ", (await AllRules.RunAsync(compilation, Cancellation)).Where(IsFixable).Select(Line).Order(StringComparer.Ordinal)));
    }

    private static bool IsFixable(Diagnostic diagnostic) => AllRules.Fixes.Any(fix => fix.FixableDiagnosticIds.Contains(diagnostic.Id));

    private static string Line(Diagnostic diagnostic)
    {
        FileLinePositionSpan place = diagnostic.Location.GetLineSpan();
        return $"{diagnostic.Id} {diagnostic.Location.SourceTree!.GetText(Cancellation).Lines[place.StartLinePosition.Line].ToString().Trim()}";
    }

    private static SyntaxNode Parse(string text) => CSharpSyntaxTree.ParseText(text, TestProject.Parse, cancellationToken: Cancellation).GetRoot(Cancellation);
}
