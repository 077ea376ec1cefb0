using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using QuickStart;

namespace IoAsid.Typed.Samples.Tests;

public sealed class DocumentationTests
{
    private static readonly Type[] s_libraries =
    [
        typeof(Layouts.BitLayoutAttribute),
        typeof(Hardware.Pasid),
        typeof(Vtd.PasidEntry),
        typeof(DmaEngine.DmaDescriptor),
        typeof(Emulation.EmulatedMachine),
        typeof(Iommu.IommuSubsystem),
        typeof(Linux.Iommufd),
        typeof(Testing.SeededTest),
    ];

    // The page about layouts needs the generator. The tests of layouts compile its code.
    public static TheoryData<string> PackagePages =>
        [.. WorkingTree.Files("src", "README.md").Select(Relative).Where(page => !page.Contains(".Layouts", StringComparison.Ordinal))];

    public static TheoryData<string> Pages => [.. WorkingTree.Files("docs", "*.md")
        .Concat(WorkingTree.Files("src", "README.md"))
        .Select(Relative), "README.md", "CONTRIBUTING.md", "samples/QuickStart/README.md", "samples/Migration/README.md", "samples/PageWalk/README.md"];

    [Theory]
    [MemberData(nameof(PackagePages))]
    public Task Program_of_a_package_page_compiles(string page) => AssertProgramCompilesAsync(Assert.Single(new MarkdownPage(page).Blocks("csharp")));

    /// <summary>The code on the page. Each block is a file with its own usings.</summary>
    [Theory]
    [InlineData("docs/concepts/README.md")]
    [InlineData("docs/iommu.md")]
    [InlineData("docs/linux.md")]
    [InlineData("docs/migration.md")]
    public async Task Programs_of_a_page_compile_unchanged(string page)
    {
        string[] programs = [.. new MarkdownPage(page).Blocks("csharp")];

        Assert.NotEmpty(programs);
        foreach (string program in programs)
            await AssertProgramCompilesAsync(program);
    }

    private static async Task AssertProgramCompilesAsync(string program)
    {
        OutputKind kind = program.Contains("\npublic static class ", StringComparison.Ordinal) ? OutputKind.DynamicallyLinkedLibrary : OutputKind.ConsoleApplication;

        await AssertCompilesAsync(program, SampleCompiler.Compile(program, kind).AddReferences(
            s_libraries.Select(type => MetadataReference.CreateFromFile(type.Assembly.Location))));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_to_files(string page) =>
        Assert.All(new MarkdownPage(page).Links(), link => Assert.True(Path.Exists(WorkingTree.PathOf(link)), link));

    private static string Relative(string file) => Path.GetRelativePath(WorkingTree.PathOf(""), file);

    private static async Task AssertCompilesAsync(string excerpt, Compilation compilation)
    {
        ImmutableArray<Diagnostic> reported = await SampleCompiler.JudgeAsync(compilation);

        Assert.True(reported.IsEmpty, $"{excerpt}\n\n{string.Join('\n', reported)}");
    }
}
