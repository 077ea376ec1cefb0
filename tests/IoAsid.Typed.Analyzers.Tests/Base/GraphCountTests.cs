using IoAsid.Typed.Analyzers.Tests.Robustness;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers.Tests.Base;

/// <summary>The number of control flow graphs that all rules together create for a method. A graph costs more than all other work of a rule.</summary>
[Collection(nameof(AloneOnTheMachine))]
public sealed class GraphCountTests
{
    [Theory]
    [InlineData("using IoAsidHold<SvaBinding> hold = sva.Hold(id); if (hold.IsHeld) hold.Data.Serve();")]
    [InlineData("if (sva.TryGetHandle(id, out IoAsidHandle<SvaBinding> handle)) handle.ClearData();")]
    [InlineData("if (!sva.Contains(id)) n++;")]
    [InlineData("if (sva.TryFind(id, out SvaBinding? data)) data.Serve();")]
    [InlineData("sva.Find(id).Data?.Serve();")]
    [InlineData("object? other = n; n = (int)other;")]
    public async Task Plain_code_needs_no_graph(string statements) => Assert.Equal(0, await GraphsAsync("void", statements));

    /// <summary>Rules about handles, holds, checks, found data and untyped lookups follow the paths of this method.</summary>
    [Fact]
    public async Task All_rules_share_one_graph_of_a_method() => Assert.Equal(1, await GraphsAsync("async Task", """
        IoAsidHandle<SvaBinding> dead = default;
        if (n > 1) dead.Free();
        if (sva.TryHold(id, out IoAsidReference<SvaBinding>? mine) && n > 2) mine.Dispose();
        if (!sva.TryGetHandle(id, out IoAsidHandle<SvaBinding> handle)) handle.Free();
        if (sva.Contains(id)) sva.TryFind(id, out _);
        SvaBinding? found = sva.Find(id).Data;
        await Task.Yield();
        found!.Serve();
        object? old = UntypedLookup.Find(space, n > 3 ? sva : null, id, null);
        ((GuestSvaBinding)sva.Find(id).Data!).Serve();
        """));

    private static async Task<int> GraphsAsync(string returned, string statements)
    {
        string code = $$"""
            class Handler(IoAsidSpace space, IoAsidSet<SvaBinding> sva)
            {
                {{returned}} M(RawIoAsid id, int n)
                {
                    {{statements}}
                }

                object Others => space;
            }
            """;
        Compilation compilation = AllRules.Compile([code, TestProject.DriverTypes], [.. TestProject.Framework, .. TestProject.Sdk]);
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        int before = FlowGraph.Made;
        await AllRules.RunAsync(compilation, TestContext.Current.CancellationToken);
        return FlowGraph.Made - before;
    }
}
