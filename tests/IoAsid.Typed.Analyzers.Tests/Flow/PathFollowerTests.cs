using System.Globalization;
using System.Text;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace IoAsid.Typed.Analyzers.Tests.Flow;

/// <summary>The engine ends on any graph, its cost is proportional to the code, and it reports nothing when its budget is spent. Cost is the number of visits of blocks.</summary>
public sealed class PathFollowerTests
{
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Twice_the_code_costs_twice_as_much(string shape)
    {
        Cost once = CostOf(Shape(shape, 60));
        Cost twice = CostOf(Shape(shape, 120));

        Assert.InRange(twice.Visits, 1, once.Visits * 5 / 2);
        Assert.InRange(twice.Visits, 1, twice.Blocks * 12);
    }

    public static TheoryData<string> Shapes =>
        ["using", "tryhold", "branches", "leaks of one", "loops", "finally", "free", "switch", "lambdas", "conditions"];

    /// <summary>Random jumps make graphs that no structured code has.</summary>
    [Fact]
    public void Jumps_from_anywhere_to_anywhere_end()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            Random random = new(seed);
            StringBuilder code = new("IoAsidReference? mine = null; IoAsidHandle<SvaBinding> h = handle;\n");
            int labels = random.Next(3, 40);
            for (int label = 0; label < labels; label++)
            {
                code.Append(CultureInfo.InvariantCulture, $"l{label}: {Move(random, label)}\n");
                code.Append(CultureInfo.InvariantCulture, $"if (n == {random.Next(5)}) goto l{random.Next(labels)};\n");
            }

            Cost cost = CostOf(code.Append("n++;").ToString());
            Assert.InRange(cost.Visits, 0, FlowBudgetFor(cost.Blocks));
        }
    }

    [Theory]
    [InlineData("try { ", "Next(); } finally { if (flag) Next(); }", 120)]
    [InlineData("using (var h# = sva.Hold(id)) { if (n == #) return; ", "}", 120)]
    [InlineData("try { ", "} catch (Exception) when (flag) { if (n == #) return; } finally { Next(); }", 60)]
    [InlineData("try { Next(); } finally { ", "}", 80)]
    [InlineData("while (n++ < #) { ", "if (flag) break; }", 120)]
    [InlineData("Action a# = () => { var h# = sva.Hold(id); ", "};", 40)]
    [InlineData("void F#() { if (sva.TryHold(id, out var m#)) m#.Dispose(); ", "}", 60)]
    [InlineData("if (sva.TryHold(id, out var m#)) { using (m#) { ", "} }", 100)]
    public void Deep_nesting_ends(string open, string close, int depth)
    {
        string code = string.Concat(Enumerable.Range(0, depth).Select(level => Numbered(open, level)))
            + "var hold = sva.Hold(id); hold.Dispose();"
            + string.Concat(Enumerable.Range(0, depth).Reverse().Select(level => Numbered(close, level)));
        Cost cost = CostOf(code);

        Assert.InRange(cost.Visits, 1, FlowBudgetFor(cost.Blocks));
    }

    [Fact]
    public void Long_expressions_end()
    {
        string conditions = string.Join(" && ", Enumerable.Range(0, 1000).Select(i => $"n != {i}"));
        string sum = string.Join(" + ", Enumerable.Range(0, 1500).Select(i => $"n"));
        Cost cost = CostOf($"var hold = sva.Hold(id); if ({conditions} && {sum} == n) return; hold.Dispose();");

        Assert.Equal(1, cost.Reports);
        Assert.InRange(cost.Visits, 1, FlowBudgetFor(cost.Blocks));
    }

    /// <summary>The forty names of the value may each hold it or not, so its states are too many for the budget.</summary>
    [Fact]
    public void Long_bodies_are_given_up_in_silence()
    {
        string names = string.Concat(Enumerable.Range(0, 40).Select(i => $"object? a{i} = null; if (n == {i * 3}) a{i} = mine;"));
        Cost cost = CostOf($"sva.TryHold(id, out var mine); {names}");

        Assert.Equal(FlowBudgetFor(cost.Blocks), cost.Visits);
        Assert.Equal(0, cost.Reports);
    }

    [Fact]
    public void Without_a_budget_nothing_is_said()
    {
        const string Leak = "var hold = sva.Hold(id); if (flag) return; hold.Dispose();";

        Assert.Equal(1, CostOf(Leak).Reports);
        Assert.Equal(0, CostOf(Leak, budget: 2).Reports);
    }

    private static int FlowBudgetFor(int blocks)
    {
        FlowBudget budget = FlowBudget.For(blocks);
        while (budget.TrySpend())
        {
        }

        return budget.Spent;
    }

    private static string Shape(string shape, int size) => string.Concat(Enumerable.Range(0, size).Select(i => Numbered(
        shape switch
        {
            "using" => "{ using var h# = sva.Hold(id); if (h#.IsHeld) h#.Data.Serve(); }\n",
            "tryhold" => "if (sva.TryHold(id, out var m#)) { m#.Data.Serve(); m#.Dispose(); }\n",
            "branches" => i == 0 ? "var hold = sva.Hold(id);\n" : i == size - 1 ? "hold.Dispose();\n" : "if (n == #) Next(); else n += #;\n",
            "leaks of one" => i == 0 ? "var hold = sva.Hold(id);\n" : "if (n == #) return;\n",
            "loops" => "for (int i# = 0; i# < n; i#++) { using var h# = sva.Hold(id); if (!h#.IsHeld) continue; if (flag) break; }\n",
            "finally" => "{ sva.TryHold(id, out var m#); try { if (n == #) return; Next(); } finally { m#?.Dispose(); } }\n",
            "free" => "{ var h# = sva.Allocate(); h#.ClearData(); h#.Free(); }\n",
            "switch" => i == 0 ? "var hold = sva.Hold(id); switch (n) {\n" : i == size - 1 ? "} hold.Dispose();\n" : "case #: Next(); break;\n",
            "lambdas" => "Action a# = () => { using var h# = sva.Hold(id); if (flag) Next(); };\n",
            _ => "IoAsidReference<SvaBinding>? m# = null; bool b# = n == # && sva.TryHold(id, out m#); if (b#) m#!.Dispose();\n",
        },
        i)));

    private static string Move(Random random, int label) => random.Next(7) switch
    {
        0 => "mine?.Dispose();",
        1 => "sva.TryHold(id, out mine);",
        2 => "h.Free();",
        3 => "if (!h.IsStale) h.ClearData();",
        4 => "h = sva.Allocate();",
        5 => $"if (flag) {{ var b{label} = h.Bind(); Next(); }}",
        _ => "n++;",
    };

    private static string Numbered(string code, int number) => code.Replace("#", number.ToString(CultureInfo.InvariantCulture));

    private static Cost CostOf(string statements, int? budget = null)
    {
        string code = $$"""
            class Handler
            {
                void M(IoAsidSet<SvaBinding> sva, IoAsidHandle<SvaBinding> handle, RawIoAsid id, bool flag, int n)
                {
                    {{statements}}
                }

                static void Next() { }
            }
            """;
        Compilation compilation = AllRules.Compile([code, TestProject.DriverTypes], [.. TestProject.Framework, .. TestProject.Sdk]);
        SyntaxTree tree = compilation.SyntaxTrees.First();
        SyntaxNode method = tree.GetRoot(TestContext.Current.CancellationToken).DescendantNodes().OfType<MethodDeclarationSyntax>().First();
        SemanticModel model = compilation.GetSemanticModel(tree);
        ControlFlowGraph body = ControlFlowGraph.Create(method, model, TestContext.Current.CancellationToken)!;
        LifetimeRule rule = new(new LifetimeMembers(SdkSymbols.Of(compilation)!, compilation));
        Cost cost = new();
        foreach (FlowGraph graph in FlowGraph.AllIn(body, model.GetDeclaredSymbol(method, TestContext.Current.CancellationToken)!))
        {
            FlowBudget own = budget is { } visits ? new FlowBudget(visits) : FlowBudget.For(graph.Blocks.Length);
            rule.Analyze(graph, own, _ => cost.Reports++);
            cost.Blocks += graph.Blocks.Length;
            cost.Visits += own.Spent;
        }

        return cost;
    }

    private sealed class Cost
    {
        public int Blocks { get; set; }

        public int Visits { get; set; }

        public int Reports { get; set; }
    }
}
