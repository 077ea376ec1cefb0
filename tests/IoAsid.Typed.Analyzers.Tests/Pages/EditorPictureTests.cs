using System.Globalization;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Analyzers.Tests.Pages;

/// <summary>The picture of the README shows the diagnostic of the rule and the code after its fix.</summary>
public sealed class EditorPictureTests
{
    private const string Picture = "docs/diagnostic-and-fix.svg";

    private const string Handler = """
        static SvaBinding? FindBinding(IoAsidSpace space, IoAsidReader<SvaBinding> sva, RawIoAsid pasid)
        {
            SvaBinding? binding = UntypedLookup.Find(space, null, pasid, null) as SvaBinding;
            return binding;
        }
        """;

    private static readonly CancellationToken s_cancellation = TestContext.Current.CancellationToken;

    /// <summary>With <c>IOASID_UPDATE_RULE_INDEX</c> set, the picture is written again.</summary>
    [Fact]
    public async Task The_picture_of_the_README_is_current()
    {
        string drawn = await DrawAsync();
        string path = Path.Combine(RulePages.Repository, Picture);
        if (Environment.GetEnvironmentVariable(RuleIndex.UpdateVariable) is "1")
            await File.WriteAllTextAsync(path, drawn, s_cancellation);

        Assert.Equal(drawn, await File.ReadAllTextAsync(path, s_cancellation));
        Assert.Contains($"]({Picture})", await File.ReadAllTextAsync(Path.Combine(RulePages.Repository, "README.md"), s_cancellation), StringComparison.Ordinal);
    }

    private static async Task<string> DrawAsync()
    {
        using AdhocWorkspace workspace = new();
        Project project = FixedProject.Open(workspace, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Types.cs"] = TestProject.DriverTypes,
            ["Handler.cs"] = $"internal static class Handler\n{{\n{Handler}\n}}\n",
        });
        Document document = project.Documents.Single(document => document.Name == "Handler.cs");
        Diagnostic found = Assert.Single(await AllRules.RunAsync((await project.GetCompilationAsync(s_cancellation))!, s_cancellation), diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
        CodeFixProvider fix = AllRules.Fixes.Single(fix => fix.FixableDiagnosticIds.Contains(found.Id, StringComparer.Ordinal));
        CodeAction action = await FixedProject.OnlyActionAsync(fix, document, found, s_cancellation);

        EditorPicture picture = new();
        picture.AddTitle("The editor reports the lookup whose result has no type,");
        picture.AddCode(Handler, InHandler(found));
        picture.AddBox($"{found.Id}: {found.GetMessage(CultureInfo.InvariantCulture)}", "message");
        picture.AddBox(action.Title, "action");
        picture.AddTitle("and the action replaces it by the typed one.");
        picture.AddCode(await AfterAsync(document, action));
        return picture.Write("Code in an editor: an untyped lookup is underlined, the message names the set to use, and the action of the editor writes the typed lookup");
    }

    private static async Task<string> AfterAsync(Document document, CodeAction action)
    {
        Document changed = (await FixedProject.AfterAsync(action, s_cancellation)).GetDocument(document.Id)!;
        string[] lines = (await changed.GetTextAsync(s_cancellation)).ToString().TrimEnd().Split('\n');
        return string.Join('\n', lines[2..^1]);
    }

    // The handler begins in the third line of its file.
    private static LinePositionSpan InHandler(Diagnostic found)
    {
        LinePositionSpan span = found.Location.GetLineSpan().Span;
        return new(new(span.Start.Line - 2, span.Start.Character), new(span.End.Line - 2, span.End.Character));
    }
}
