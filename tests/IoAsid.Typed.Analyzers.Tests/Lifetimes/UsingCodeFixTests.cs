using IoAsid.Typed.Analyzers.Lifetimes;
using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.CodeFixes.Lifetimes;

namespace IoAsid.Typed.Analyzers.Tests.Lifetimes;

/// <summary>The fix of IOASID2001: a declaration becomes a <c>using</c>, and nothing else changes.</summary>
public sealed class UsingCodeFixTests
{
    [Fact]
    public Task Declarations_of_every_style() => Verify(
        """
        class Handler
        {
            void M(IoAsidSet<SvaBinding> sva, RawIoAsid id, bool flag)
            {
                // the id of the request
                var hold = sva.{|IOASID2001:Hold|}(id); // held
                if (flag) return;
                IoAsidHold<SvaBinding> other = sva.{|IOASID2001:Hold|}(
                    /* the same */ id);

                {
                    var inner = (sva.{|IOASID2001:Hold|}(id)); hold.Data.Serve();
                    if (inner.IsHeld) inner.Data.Serve(); else inner.Dispose();
                }
            }
        }
        """,
        """
        class Handler
        {
            void M(IoAsidSet<SvaBinding> sva, RawIoAsid id, bool flag)
            {
                // the id of the request
                using var hold = sva.Hold(id); // held
                if (flag) return;
                using IoAsidHold<SvaBinding> other = sva.Hold(
                    /* the same */ id);

                {
                    using var inner = (sva.Hold(id)); hold.Data.Serve();
                    if (inner.IsHeld) inner.Data.Serve(); else inner.Dispose();
                }
            }
        }
        """);

    /// <summary>Left alone: passed on elsewhere, written again, not disposable, no declaration.</summary>
    [Theory]
    [InlineData("IoAsidHold<SvaBinding> M() { var hold = sva.{|IOASID2001:Hold|}(id); if (flag) return default; return hold; }")]
    [InlineData("void M() { var hold = sva.{|IOASID2001:Hold|}(id); if (flag) Unknown(hold); }")]
    [InlineData("void M() { var hold = sva.{|IOASID2001:Hold|}(id); if (flag) hold = default; }")]
    [InlineData("void M() { var binding = handle.{|IOASID2001:Bind|}(); }")]
    [InlineData("void M() { sva.{|IOASID2001:Hold|}(id); }")]
    [InlineData("void M() { switch (flag) { case true: var hold = sva.{|IOASID2001:Hold|}(id); break; } }")]
    [InlineData("void M() { sva.{|IOASID2001:TryHold|}(id, out var mine); }")]
    public Task Left_alone(string member)
    {
        string code = $$"""
            class Handler(IoAsidSet<SvaBinding> sva, IoAsidHandle<SvaBinding> handle, RawIoAsid id, bool flag)
            {
                {{member}}
                static void Unknown(IoAsidHold<SvaBinding> hold) { }
                object State => (sva, handle, id, flag);
            }
            """;
        return Verify(code, code);
    }

    private static Task Verify(string code, string fixedCode) =>
        new FixTest<LifetimeAnalyzer, UsingCodeFixProvider>(code, fixedCode).RunAsync(TestContext.Current.CancellationToken);
}
