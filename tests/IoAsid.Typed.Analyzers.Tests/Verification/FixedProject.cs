using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace IoAsid.Typed.Analyzers.Tests.Verification;

/// <summary>A project of many files, repaired by FixAll as <c>dotnet format</c> does it.</summary>
internal static class FixedProject
{
    /// <summary>Returns the texts of the files, by name, after FixAll of one fix.</summary>
    public static async Task<ImmutableSortedDictionary<string, string>> ApplyAsync(
        CodeFixProvider fix, IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken)
    {
        using AdhocWorkspace workspace = new();
        Solution repaired = await ApplyAsync(fix, Open(workspace, files), cancellationToken);
        ImmutableSortedDictionary<string, string>.Builder texts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (Document document in repaired.Projects.Single().Documents)
            texts.Add(document.Name, (await document.GetTextAsync(cancellationToken)).ToString());

        return texts.ToImmutable();
    }

    /// <summary>Creates a project of these files, as an editor has it.</summary>
    public static Project Open(AdhocWorkspace workspace, IReadOnlyDictionary<string, string> files)
    {
        Project project = workspace.AddProject("UnderTest", LanguageNames.CSharp)
            .WithParseOptions(TestProject.Parse)
            .WithCompilationOptions(TestProject.Compile)
            .WithMetadataReferences([.. TestProject.Framework, .. TestProject.Sdk]);
        foreach ((string name, string text) in files)
            project = project.AddDocument(name, text, filePath: name).Project;

        return project;
    }

    /// <summary>Returns the project after FixAll of the given diagnostics.</summary>
    public static async Task<Project> FixAllAsync(CodeFixProvider fix, Project project, ImmutableArray<Diagnostic> found, CancellationToken cancellationToken) =>
        (await ApplyAsync(fix, project, found, cancellationToken)).GetProject(project.Id)!;

    /// <summary>Returns the only action that an editor offers for a diagnostic.</summary>
    public static async Task<CodeAction> OnlyActionAsync(CodeFixProvider fix, Document document, Diagnostic found, CancellationToken cancellationToken)
    {
        List<CodeAction> actions = [];
        await fix.RegisterCodeFixesAsync(new CodeFixContext(document, found, (action, _) => actions.Add(action), cancellationToken));
        return Assert.Single(actions);
    }

    /// <summary>Returns the solution after an action.</summary>
    public static async Task<Solution> AfterAsync(CodeAction action, CancellationToken cancellationToken) =>
        (await action.GetOperationsAsync(cancellationToken)).OfType<ApplyChangesOperation>().Single().ChangedSolution;

    private static async Task<Solution> ApplyAsync(CodeFixProvider fix, Project project, CancellationToken cancellationToken)
    {
        Compilation compilation = (await project.GetCompilationAsync(cancellationToken))!;
        ImmutableArray<Diagnostic> found =
            [.. (await AllRules.RunAsync(compilation, cancellationToken)).Where(diagnostic => fix.FixableDiagnosticIds.Contains(diagnostic.Id, StringComparer.Ordinal))];
        return await ApplyAsync(fix, project, found, cancellationToken);
    }

    private static async Task<Solution> ApplyAsync(CodeFixProvider fix, Project project, ImmutableArray<Diagnostic> found, CancellationToken cancellationToken)
    {
        foreach (Diagnostic diagnostic in found)
        {
            Document document = project.GetDocument(diagnostic.Location.SourceTree)!;
            CodeAction? first = null;
            await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => first ??= action, cancellationToken));
            if (first is null)
                continue;

            FixAllContext context = new(
                document, fix, FixAllScope.Project, first.EquivalenceKey!, fix.FixableDiagnosticIds, new Known(project, found), cancellationToken);
            return await AfterAsync((await fix.GetFixAllProvider()!.GetFixAsync(context))!, cancellationToken);
        }

        return project.Solution;
    }

    private sealed class Known(Project project, ImmutableArray<Diagnostic> found) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project of, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(found);

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult(found.Where(diagnostic => project.GetDocument(diagnostic.Location.SourceTree)!.Id == document.Id));

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project of, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
