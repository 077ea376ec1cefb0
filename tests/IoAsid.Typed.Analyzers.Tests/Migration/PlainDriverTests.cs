using System.Collections.Immutable;
using System.Reflection;
using IoAsid.Typed.Analyzers.Tests.Pages;
using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.CodeFixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Analyzers.Tests.Migration;

/// <summary>The migration of samples/Migration/Plain, a driver that does not use the library. Each step has the result that the page describes.</summary>
public sealed class PlainDriverTests
{
    private const string ImplicitUsings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading;";
    private const string Options = "ioasid.untyped_lookup_methods = System.Runtime.InteropServices.GCHandle.Target";

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public void Step_0_needs_no_library_and_has_the_bugs() =>
        Assert.Equal(Shown("Plain: a table of any objects"), Run(Compile(Files("Plain"), TestProject.Framework), "Migration.Plain.PlainDriver"));

    [Fact]
    public async Task Step_1_finds_the_lookups() =>
        Assert.Equal(["Completions.cs: TransferOf", "PasidTable.cs: Lookup"], await ReportsAsync(Files("Plain"), DiagnosticIds.LooksUntyped, ""));

    [Fact]
    public async Task Step_2_marks_them_and_reports_their_callers()
    {
        ImmutableSortedDictionary<string, string> marked = await FixedProject.ApplyAsync(new UnmarkedLookupCodeFixProvider(), Files("Plain"), Cancellation);

        Assert.Empty(await ReportsAsync(marked, DiagnosticIds.LooksUntyped, ""));
        Assert.Equal(
            ["Completions.cs: TransferOf", "GuestBinds.cs: Lookup", "PageRequests.cs: Lookup", "PageRequests.cs: Lookup", "PageRequests.cs: Lookup", "VirtualCommands.cs: Lookup"],
            await ReportsAsync(marked, DiagnosticIds.UntypedLookupWithoutSet, ""));
    }

    [Fact]
    public async Task Step_3_names_what_cannot_be_marked() =>
        Assert.Equal(["Completions.cs: Target"], await ReportsAsync(Files("Plain"), DiagnosticIds.UntypedLookupWithoutSet, Options));

    [Theory]
    [InlineData("Transitional", "Transitional: allocated in sets, looked up in every set")]
    [InlineData("Enforced", "Enforced: changed by FixAll")]
    public void Step_4_and_the_fixes_leave_fewer_bugs_in_each_stage(string stage, string title) =>
        Assert.Equal(Shown(title), Run(Compile(Files(stage, Shared), [.. TestProject.Framework, .. TestProject.Sdk]), $"Migration.{stage}.StageDriver"));

    [Fact]
    public async Task The_last_stage_compiles_without_the_untyped_lookup_and_no_report()
    {
        Compilation converged = Compile(Files("Converged", Shared), [.. TestProject.Framework, TestProject.Sdk[0]]);

        Assert.Empty(await AllRules.RunAsync(converged, Options, Cancellation));
        Assert.Equal(Shown("Converged: the table is gone"), Run(converged, "Migration.Converged.StageDriver"));
    }

    [Fact]
    public void The_plain_driver_has_300_lines() => Assert.InRange(Files("Plain").Values.Sum(text => text.Count(character => character == '\n')), 300, 400);

    /// <summary>The files that the stages share.</summary>
    private static readonly string[] Shared = ["Bindings.cs", "Descriptors.cs", "Pasids.cs", "Script.cs"];

    private static SortedDictionary<string, string> Files(string folder, params string[] shared)
    {
        string sample = Path.Combine(RulePages.Repository, "samples", "Migration");
        return new(
            Directory.EnumerateFiles(Path.Combine(sample, folder), "*.cs")
                .Concat(shared.Select(file => Path.Combine(sample, file)))
                .ToDictionary(file => Path.GetFileName(file), File.ReadAllText),
            StringComparer.Ordinal)
            {
                ["ImplicitUsings.cs"] = ImplicitUsings,
            };
    }

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

    /// <summary>Returns the output of the driver.</summary>
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

    /// <summary>Returns the output that the page of the sample shows.</summary>
    private static string Shown(string name) =>
        File.ReadAllText(Path.Combine(RulePages.Repository, "samples", "Migration", "README.md")).Split($"== {name} ==\n")[1].Split("```")[0];
}
