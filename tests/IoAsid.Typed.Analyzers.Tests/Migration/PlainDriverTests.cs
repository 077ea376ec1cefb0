using System.Collections.Immutable;
using System.Reflection;
using IoAsid.Typed.Analyzers.Tests.Pages;
using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.CodeFixes.Typing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Analyzers.Tests.Migration;

/// <summary>The way of samples/Migration/Plain, a driver that does not use the library, to samples/Migration/Typed: each step does what the page says.</summary>
public sealed class PlainDriverTests
{
    private const string ImplicitUsings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading;";
    private const string Options = "ioasid.untyped_lookup_methods = System.Runtime.InteropServices.GCHandle.Target";

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public void Step_0_needs_no_library_and_has_the_bugs() =>
        Assert.Equal(Shown("Plain"), Run(Compile(Files("Plain"), TestProject.Framework), "Migration.Plain.PlainDriver"));

    [Fact]
    public async Task Step_1_finds_the_lookups() =>
        Assert.Equal(["Completions.cs: TransferOf", "PasidTable.cs: Lookup"], await ReportsAsync(Files("Plain"), DiagnosticIds.LooksUntyped, ""));

    [Fact]
    public async Task Step_2_marks_them_and_reports_their_callers()
    {
        ImmutableSortedDictionary<string, string> marked = await FixedProject.ApplyAsync(new UnmarkedLookupCodeFixProvider(), Files("Plain"), Cancellation);

        Assert.Empty(await ReportsAsync(marked, DiagnosticIds.LooksUntyped, ""));
        Assert.Equal(
            ["Completions.cs: TransferOf", "Guests.cs: Lookup", "PageRequests.cs: Lookup", "PageRequests.cs: Lookup"],
            await ReportsAsync(marked, DiagnosticIds.UntypedLookupWithoutSet, ""));
    }

    [Fact]
    public async Task Step_3_names_what_cannot_be_marked() =>
        Assert.Equal(["Completions.cs: Target"], await ReportsAsync(Files("Plain"), DiagnosticIds.UntypedLookupWithoutSet, Options));

    [Fact]
    public async Task Step_4_compiles_without_the_untyped_lookup_and_no_rule_reports_it()
    {
        Compilation typed = Compile(Files("Typed"), [.. TestProject.Framework, TestProject.Sdk[0]]);

        Assert.Empty(await AllRules.RunAsync(typed, Options, Cancellation));
        Assert.Equal(Shown("Typed"), Run(typed, "Migration.Typed.TypedDriver"));
    }

    private static SortedDictionary<string, string> Files(string folder) => new(
        Directory.EnumerateFiles(Path.Combine(RulePages.Repository, "samples", "Migration", folder), "*.cs").ToDictionary(file => Path.GetFileName(file), File.ReadAllText),
        StringComparer.Ordinal)
        {
            ["ImplicitUsings.cs"] = ImplicitUsings,
        };

    private static CSharpCompilation Compile(IReadOnlyDictionary<string, string> files, IEnumerable<MetadataReference> references) => CSharpCompilation.Create(
        "PlainDriver",
        files.Select(file => CSharpSyntaxTree.ParseText(file.Value, TestProject.Parse, file.Key)),
        references,
        TestProject.Compile);

    private static async Task<string[]> ReportsAsync(IReadOnlyDictionary<string, string> files, string rule, string options)
    {
        ImmutableArray<Diagnostic> found = await AllRules.RunAsync(Compile(files, [.. TestProject.Framework, .. TestProject.Sdk]), options, Cancellation);
        return [.. found.Where(diagnostic => diagnostic.Id == rule).Select(Site).Order(StringComparer.Ordinal)];
    }

    private static string Site(Diagnostic diagnostic) =>
        $"{diagnostic.Location.SourceTree!.FilePath}: {diagnostic.Location.SourceTree.GetText(Cancellation).ToString(diagnostic.Location.SourceSpan)}";

    /// <summary>The output of the driver.</summary>
    private static string Run(Compilation compilation, string driver)
    {
        using MemoryStream image = new();
        Assert.Empty(compilation.Emit(image, cancellationToken: Cancellation).Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
        using StringWriter output = new();
        output.NewLine = "\n";
        MethodInfo play = Assembly.Load(image.ToArray()).GetType(driver)!.GetMethod("Play")!;
        play.Invoke(null, [output]);
        return output.ToString();
    }

    /// <summary>The output that the page of the sample shows.</summary>
    private static string Shown(string name) =>
        File.ReadAllText(Path.Combine(RulePages.Repository, "samples", "Migration", "README.md")).Split($"== {name} ==\n")[1].Split("```")[0];
}
