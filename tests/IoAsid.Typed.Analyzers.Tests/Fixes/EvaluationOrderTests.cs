using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.CodeFixes;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers.Tests.Fixes;

/// <summary>A fix that would move a call ahead of another call, or remove a call, is not offered.</summary>
public sealed class EvaluationOrderTests
{
    /// <summary>The lookup and its operands move to the front of the statement only if no side effect comes before them.</summary>
    [Theory]
    [InlineData("SvaBinding? first = Make(), found = sva.{|IOASID2004:Find|}(id).Data;", "")]
    [InlineData("SvaBinding? first = list[0], found = sva.{|IOASID2004:Find|}(id).Data;", "")]
    [InlineData("SvaBinding? first = other, found = sva.{|IOASID2004:Find|}(NextId()).Data;", "")]
    [InlineData(
        "SvaBinding? first = other, found = sva.{|IOASID2004:Find|}(id).Data;",
        "using IoAsidReference<SvaBinding>? reference = sva.TryHold(id, out IoAsidReference<SvaBinding>? taken) ? taken : null;\n        SvaBinding? first = other, found = reference?.Data;")]
    [InlineData(
        "SvaBinding? found = sva.{|IOASID2004:Find|}(NextId()).Data;",
        "using IoAsidReference<SvaBinding>? reference = sva.TryHold(NextId(), out IoAsidReference<SvaBinding>? taken) ? taken : null;\n        SvaBinding? found = reference?.Data;")]
    public Task Data_that_is_read_after_a_wait(string before, string after) => Verify<UnheldDataAnalyzer, HoldDataCodeFixProvider>(before, after);

    [Theory]
    [InlineData("_ = UntypedLookup.{|IOASID1001:Find|}(getter: Getter(), id: NextId(), set: null, space: space) as SvaBinding;", "")]
    [InlineData(
        "_ = UntypedLookup.{|IOASID1001:Find|}(id: NextId(), getter: Getter(), set: null, space: space) as SvaBinding;",
        "_ = sva.Find(NextId(), Getter()).Data;")]
    [InlineData("_ = UntypedLookup.{|IOASID1002:Find|}(id: NextId(), getter: null, set: Set(), space: space) as SvaBinding;", "")]
    [InlineData("_ = UntypedLookup.{|IOASID1002:Find|}(space, Set(), NextId(), null) as SvaBinding;", "_ = Set().Find(NextId()).Data;")]
    public Task Named_arguments_of_an_untyped_lookup(string before, string after) => Verify<UntypedLookupAnalyzer, UntypedLookupCodeFixProvider>(before, after);

    /// <summary>No fix is offered, because a hold calls no getter.</summary>
    [Fact]
    public Task A_check_with_a_getter() =>
        Verify<CheckThenActAnalyzer, HoldInsteadOfCheckCodeFixProvider>("if (sva.{|IOASID2007:Find|}(id, _ => true).IsFound) sva.Find(id).Data?.Serve();", "");

    private static Task Verify<TAnalyzer, TFix>(string before, string after)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new() =>
        new FixTest<TAnalyzer, TFix>(InHandler(before), InHandler(after.Length == 0 ? before : after)).RunAsync(TestContext.Current.CancellationToken);

    private static string InHandler(string statement) => $$"""
        class Handler(IoAsidSpace space, IoAsidSet<SvaBinding> sva, SvaBinding other)
        {
            int count;

            async Task M(RawIoAsid id)
            {
                {{statement}}
                {{(statement.Contains("found =", StringComparison.Ordinal) ? "await Task.Yield(); found?.Serve();" : "await Task.Yield();")}}
            }

            SvaBinding[] list = [];

            SvaBinding Make() => list[count++];

            RawIoAsid NextId() => default;

            IoAsidSet<SvaBinding> Set() => sva;

            Func<object?, bool> Getter() => _ => true;

            object All => (space, other);
        }
        """;
}
