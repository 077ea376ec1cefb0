using System.Text.Json;
using IoAsid.Typed.Package.Tests.CommandLine;

namespace IoAsid.Typed.Package.Tests;

/// <summary>An editor on a program outside of the repository: a real language server loads the rules of the package.</summary>
public sealed class LanguageServerTests(PackedPackage package)
{
    private const string Page = "PageRequestHandler.cs";

    [Fact]
    public async Task Diagnostics_with_links_appear_and_disappear_after_the_edit()
    {
        string? problem = await LanguageServer.InstallAsync();
        Assert.SkipUnless(problem is null, $"csharp-ls cannot be installed: {problem}");
        Consumer handler = package.CopyConsumer("UntypedHandler");
        await package.RestoreAsync((handler, ""));
        await using LanguageServer server = await LanguageServer.StartAsync(handler.Root);
        Uri document = new(Path.Combine(handler.Root, Page));

        await server.NotifyAsync("textDocument/didOpen", new { textDocument = new { uri = document, languageId = "csharp", version = 1, text = handler.ReadSource(Page) } });
        JsonElement[] shown = await server.WaitForDiagnosticsAsync(ids => ids.Any(IsOurs));

        Assert.Equal(handler.Marked("warning").Order(StringComparer.Ordinal), shown.Where(diagnostic => IsOurs(LanguageServer.Code(diagnostic))).Select(Line).Order(StringComparer.Ordinal));
        Assert.All(shown.Where(diagnostic => IsOurs(LanguageServer.Code(diagnostic))), diagnostic => Assert.Equal(
            $"{RepositoryRoot.Property("ProjectUrl")}/blob/main/docs/rules/{LanguageServer.Code(diagnostic)}.md",
            diagnostic.GetProperty("codeDescription").GetProperty("href").GetString()));

        await server.NotifyAsync("textDocument/didChange", new { textDocument = new { uri = document, version = 2 }, contentChanges = new[] { new { text = Repaired(handler.ReadSource(Page)) } } });
        await server.WaitForDiagnosticsAsync(ids => !ids.Any(IsOurs));
    }

    private static bool IsOurs(string? id) => id?.StartsWith("IOASID", StringComparison.Ordinal) is true;

    private static string Line(JsonElement diagnostic) =>
        $"{Page}({diagnostic.GetProperty("range").GetProperty("start").GetProperty("line").GetInt32() + 1}): {(diagnostic.GetProperty("severity").GetInt32() == 2 ? "warning" : "another severity")} {LanguageServer.Code(diagnostic)}";

    private static string Repaired(string source) => source
        .Replace("UntypedLookup.Find(space, null, pasid, null) as SvaBinding", "sva.Find(pasid).Data", StringComparison.Ordinal)
        .Replace("UntypedLookup.Find(space, sva, pasid, null) as SvaBinding", "sva.Find(pasid).Data", StringComparison.Ordinal);
}
