using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using QuickStart;

namespace IoAsid.Typed.Samples.Tests;

public sealed class DocumentationTests
{
    // What the snippets of the pages talk about.
    private const string Beginning = """
        using IoAsid.Typed;
        using IoAsid.Typed.Migration;
        using QuickStart.RunTime;

        internal static class Page
        {
            public static async Task Snippet(
                IoAsidSpace space,
                IoAsidSet<SvaBinding> sva,
                IoAsidSet<GuestSvaBinding> vm,
                IoAsidHandle<GuestSvaBinding> handle,
                RawIoAsid pasid,
                PrivateIoAsid guestPasid,
                DeviceDrain drain)
            {
                await Task.CompletedTask;
        """;

    public static TheoryData<string> Pages => [.. Directory.EnumerateFiles(WorkingTree.PathOf("docs"), "*.md", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(WorkingTree.PathOf(""), file)), "README.md", "CONTRIBUTING.md", "samples/QuickStart/README.md", "samples/Migration/README.md", "samples/PageWalk/README.md"];

    [Theory]
    [InlineData("docs/concepts/README.md")]
    [InlineData("docs/migration.md")]
    public async Task Snippets_compile(string page)
    {
        string[] snippets = [.. new MarkdownPage(page).Blocks("csharp")];
        Assert.NotEmpty(snippets);
        foreach (string snippet in snippets)
        {
            Compilation compilation = SampleCompiler.Compile($"{Beginning}\n{snippet}\n}}\n}}", OutputKind.DynamicallyLinkedLibrary);

            ImmutableArray<Diagnostic> reported = await SampleCompiler.JudgeAsync(compilation);

            Assert.True(reported.IsEmpty, $"{snippet}\n\n{string.Join('\n', reported)}");
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_to_files(string page) =>
        Assert.All(new MarkdownPage(page).Links(), link => Assert.True(Path.Exists(WorkingTree.PathOf(link)), link));
}
