using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Analyzers.Tests.Robustness;

/// <summary>
/// Every recursion of the rules has a bound: a parameter <c>depth</c>, or a call of <c>CallStack.HasRoom</c>. A rule without a bound crashes the compiler on code that is
/// nested deeply enough, or that refers to itself.
/// </summary>
public sealed class BoundedRecursionTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public void Every_cycle_of_calls_has_a_bound()
    {
        CSharpCompilation rules = Compile("analyzers/IoAsid.Typed.Analyzers");
        Assert.Empty(rules.GetDiagnostics(Cancellation).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));

        ImmutableArray<string> unbounded = UnboundedCyclesIn(rules);

        Assert.True(unbounded.IsEmpty, string.Join('\n', unbounded));
    }

    [Fact]
    public void A_recursion_without_a_bound_is_found() => Assert.Equal(
        ["Cycle.Even", "Cycle.Walk", "Field.Again", "Field.Zigzag"],
        UnboundedCyclesIn(AllRules.Compile(
            [
                """
                static class CallStack { public static bool HasRoom() => true; }
                static class Cycle
                {
                    static bool Even(int n) => n == 0 || Odd(n - 1);
                    static bool Odd(int n) => n != 0 && Even(n - 1);
                    static int Walk(int[] all) => System.Linq.Enumerable.Sum(all, _ => Walk(all));
                    static int Guarded(int n) => CallStack.HasRoom() ? Guarded(n) : 0;
                    static int Counted(int n, int depth) => depth == 0 ? n : Counted(n, depth - 1);
                }
                class Field
                {
                    private readonly System.Func<int, int> _memo;
                    private readonly System.Func<int, int> _group;
                    Field() { _memo = n => Again(n); _group = Zigzag; }
                    int Again(int n) => _memo(n);
                    int Zigzag(int n) => _group(n);
                }
                """,
            ],
            TestProject.Framework)));

    private static CSharpCompilation Compile(string folder)
    {
        SourceFolder sources = SourceFolder.Of(folder);
        MetadataReference[] roslyn =
        [
            MetadataReference.CreateFromFile(typeof(Compilation).Assembly.Location),
            MetadataReference.CreateFromFile(typeof(CSharpCompilation).Assembly.Location),
        ];
        return sources.Compile().WithReferences([.. TestProject.Framework, .. roslyn]);
    }

    /// <summary>Returns one member of each cycle of calls without a bound.</summary>
    private static ImmutableArray<string> UnboundedCyclesIn(CSharpCompilation compilation)
    {
        Dictionary<ISymbol, HashSet<ISymbol>> uses = new(SymbolEqualityComparer.Default);
        Dictionary<ISymbol, HashSet<ISymbol>> reachedFrom = new(SymbolEqualityComparer.Default);
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            SemanticModel model = compilation.GetSemanticModel(tree);
            foreach (SimpleNameSyntax name in tree.GetRoot(Cancellation).DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (UserOf(name, model) is { } user && Used(model.GetSymbolInfo(name, Cancellation).Symbol, compilation) is { } used)
                    Add(user, used);
            }
        }

        return [.. uses.Keys.Where(member => !IsBounded(member) && Reaches(member)).Where(IsFirstOfCycle).Select(NameOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

        void Add(ISymbol user, ISymbol used)
        {
            if (!uses.TryGetValue(user, out HashSet<ISymbol>? all))
                uses[user] = all = new(SymbolEqualityComparer.Default);

            all.Add(used);
        }

        bool IsBounded(ISymbol member) =>
            member is IMethodSymbol method && method.Parameters.Any(parameter => parameter.Name is "depth")
            || uses[member].Any(used => used is IMethodSymbol { Name: "HasRoom", ContainingType.Name: "CallStack" });

        bool Reaches(ISymbol member) => Reached(member).Contains(member);

        bool IsFirstOfCycle(ISymbol member) => Reached(member)
            .Where(other => Reached(other).Contains(member))
            .All(other => string.CompareOrdinal(NameOf(member), NameOf(other)) <= 0);

        HashSet<ISymbol> Reached(ISymbol from)
        {
            if (reachedFrom.TryGetValue(from, out HashSet<ISymbol>? reached))
                return reached;

            reachedFrom[from] = reached = new(SymbolEqualityComparer.Default);
            Stack<ISymbol> open = new([from]);
            while (open.TryPop(out ISymbol? member))
            {
                foreach (ISymbol next in uses.GetValueOrDefault(member) ?? [])
                {
                    if ((!uses.ContainsKey(next) || !IsBounded(next)) && reached.Add(next))
                        open.Push(next);
                }
            }

            return reached;
        }
    }

    /// <summary>Returns the member whose code contains a name. A value that is assigned to a field runs when the field is used.</summary>
    private static ISymbol? UserOf(SimpleNameSyntax name, SemanticModel model)
    {
        if (name.Ancestors().OfType<AssignmentExpressionSyntax>().LastOrDefault() is { Parent: not (null or InitializerExpressionSyntax) } assignment
            && assignment.FirstAncestorOrSelf<ConstructorDeclarationSyntax>() is not null
            && assignment.Right.Span.Contains(name.Span)
            && model.GetSymbolInfo(assignment.Left, Cancellation).Symbol is IFieldSymbol field)
            return field;

        for (ISymbol? symbol = model.GetEnclosingSymbol(name.SpanStart, Cancellation); symbol is not null; symbol = symbol.ContainingSymbol)
        {
            if (symbol is IFieldSymbol or IMethodSymbol { MethodKind: not (MethodKind.AnonymousFunction or MethodKind.LocalFunction) })
                return symbol;
        }

        return null;
    }

    private static ISymbol? Used(ISymbol? symbol, Compilation compilation) => symbol switch
    {
        IMethodSymbol { MethodKind: MethodKind.LocalFunction } => null,
        IMethodSymbol method => InSource((method.ReducedFrom ?? method).OriginalDefinition, compilation),
        IPropertySymbol { GetMethod: { } getter } => InSource(getter.OriginalDefinition, compilation),
        IFieldSymbol field => InSource(field.OriginalDefinition, compilation),
        _ => null,
    };

    private static ISymbol? InSource(ISymbol symbol, Compilation compilation) =>
        SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, compilation.Assembly) ? symbol : null;

    private static string NameOf(ISymbol symbol) => $"{symbol.ContainingType.Name}.{symbol.Name}";
}
