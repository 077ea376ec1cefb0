using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PageRequestHandler;
using QuickStart;
using Samples;

namespace IoAsid.Typed.Samples.Tests;

public sealed class PageRequestHandlerTests
{
    private const string Untyped = "samples/PageRequestHandler.Untyped/UntypedHandler.cs";
    private const string Migration = "IoAsid.Typed.Migration.dll";

    // The declarations of the objects that the handlers use.
    private const string Beginning = """
        using IoAsid.Typed;
        using IoAsid.Typed.Migration;
        using PageRequestHandler;
        using Samples;

        internal static class Page
        {
            public static void Line(IoAsidSpace pasids, IoAsidSet<Process> sva, IoAsidSet<AuxiliaryDomain> aux, RawIoAsid pasid)
            {

        """;

    private static readonly int FirstLine = Beginning.Split('\n').Length - 1;

    public static TheoryData<string, string> Lines => [.. from line in PageLines()
                                                          let parts = line.Split(" // ")
                                                          select (parts[0], parts[1].Split(':')[0])];

    [Theory]
    [MemberData(nameof(Lines))]
    public void Untyped_lines_of_the_page_do_not_compile_with_typed_handlers(string line, string error)
    {
        Diagnostic reported = Assert.Single(Errors(WithoutMigration(Compile(line))), found => found.Location.GetLineSpan().StartLinePosition.Line == FirstLine);

        Assert.Equal(error, reported.Id);
    }

    [Fact]
    public void Its_first_line_is_the_untyped_handlers_and_compiles_there()
    {
        string line = PageLines()[0].Split(" // ")[0];

        Assert.Contains(line, WorkingTree.Read(Untyped), StringComparison.Ordinal);
        Assert.Empty(Errors(Compile(line)));
    }

    [Fact]
    public async Task The_untyped_handler_is_reported_and_the_typed_one_is_not()
    {
        Diagnostic reported = Assert.Single(await SampleCompiler.JudgeAsync(CompileFile(Untyped)));

        Assert.Equal("IOASID1001", reported.Id);
        Assert.Empty(await SampleCompiler.JudgeAsync(CompileFile("samples/PageRequestHandler/TypedHandler.cs")));
    }

    private static string[] PageLines() => Assert.Single(new MarkdownPage("docs/samples/PageRequestHandler.md").Blocks("csharp")).Split('\n');

    private static CSharpCompilation Compile(string line) => Compilation($"{Beginning}{line}\n}}\n}}", typeof(TypedHandler), typeof(PageTables));

    private static CSharpCompilation CompileFile(string file) => Compilation(WorkingTree.Read(file), typeof(PageTables), typeof(Vtd.PageRequestDescriptor));

    private static CSharpCompilation Compilation(string source, params Type[] uses) =>
        SampleCompiler.Compile(source, OutputKind.DynamicallyLinkedLibrary)
            .AddReferences(uses.Select(type => MetadataReference.CreateFromFile(type.Assembly.Location)));

    private static CSharpCompilation WithoutMigration(CSharpCompilation compilation) =>
        compilation.RemoveReferences(compilation.References.Where(reference => reference.Display!.EndsWith(Migration, StringComparison.Ordinal)));

    private static IEnumerable<Diagnostic> Errors(CSharpCompilation compilation) =>
        compilation.GetDiagnostics().Where(found => found.Severity == DiagnosticSeverity.Error);
}
