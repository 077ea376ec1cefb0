using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.CodeFixes;

namespace IoAsid.Typed.Analyzers.Tests.Fixes;

/// <summary>A fix after which another preprocessor configuration no longer parses is not offered.</summary>
public sealed class OtherConfigurationTests
{
    /// <summary>The fix would put the closing brace of its <c>using</c> into one branch. The other branch ends the method with one brace too few.</summary>
    [Theory]
    [InlineData("NEVER")]
    [InlineData("!NEVER")]
    [InlineData("NEVER && OTHER")]
    public Task A_brace_in_one_branch_of_an_if(string condition)
    {
        string end = "mine.Data.Serve(); }";
        string branches = condition == "!NEVER" ? $"#if {condition}\n{end}\n#else\n}}\n#endif" : $"#if {condition}\n}}\n#else\n{end}\n#endif";
        string code = $$"""
            class Handler(IoAsidSet<SvaBinding> sva)
            {
                void M(RawIoAsid id)
                {
                    if (!sva.{|IOASID2001:TryHold|}(id, out IoAsidReference<SvaBinding>? mine)) return;
            {{branches}}
            }
            """;
        return new FixTest<LifetimeAnalyzer, UsingCodeFixProvider>(code, code).RunAsync(TestContext.Current.CancellationToken);
    }
}
