using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.CodeFixes;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers.Tests.Usage;

/// <summary>The fixes of IOASID2004, IOASID2006, IOASID2007 and IOASID2009, one by one and by FixAll; each result compiles.</summary>
public sealed class UsageCodeFixTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sva.{|IOASID2006:Allocate|}(data);", "IoAsidHandle<SvaBinding> handle = sva.Allocate(data);")]
    [InlineData("sva?.{|IOASID2006:Allocate|}(data);", "IoAsidHandle<SvaBinding>? handle = sva?.Allocate(data);")]
    [InlineData("/* why */ sva.{|IOASID2006:Allocate|}(/* what */ data); // when", "/* why */ IoAsidHandle<SvaBinding> handle = sva.Allocate(/* what */ data); // when")]
    [InlineData("int handle = 1; sva.{|IOASID2006:Allocate|}(data);", "int handle = 1; IoAsidHandle<SvaBinding> handle2 = sva.Allocate(data);")]
    [InlineData("var n = 1; var m = n; sva.{|IOASID2006:Allocate|}(data);", "var n = 1; var m = n; var handle = sva.Allocate(data);")]
    [InlineData("sva.{|IOASID2009:Observe|}(_ => { });", "IoAsidObserverRegistration registration = sva.Observe(_ => { });")]
    [InlineData("space.{|IOASID2009:ReserveCapacity|}(7);", "IoAsidCapacityReservation reservation = space.ReserveCapacity(7);")]
    [InlineData("sva.{|IOASID2006:Allocate|}(data); sva.{|IOASID2006:Allocate|}(data);", "IoAsidHandle<SvaBinding> handle = sva.Allocate(data); IoAsidHandle<SvaBinding> handle2 = sva.Allocate(data);")]
    [InlineData("sva.{|IOASID2009:Observe|}(_ => { sva.{|IOASID2006:Allocate|}(data); });", "IoAsidObserverRegistration registration = sva.Observe(_ => { IoAsidHandle<SvaBinding> handle = sva.Allocate(data); });")]
    [InlineData("switch (data) { case null: sva.{|IOASID2006:Allocate|}(); break; }", "switch (data) { case null: IoAsidHandle<SvaBinding> handle = sva.Allocate(); break; }")]
    public Task Keep_a_result(string before, string after) => Fix<DroppedResultAnalyzer, KeepResultCodeFixProvider>(InPool(before), InPool(after));

    [Fact]
    public Task Keep_a_result_where_a_block_is_needed() => Fix<DroppedResultAnalyzer, KeepResultCodeFixProvider>(
        """
        class Pool(IoAsidSet<SvaBinding> sva)
        {
            // Allocates.
            void Method() => sva.{|IOASID2006:Allocate|}(); // at once

            void Statement(bool now)
            {
                if (now)
                    sva.{|IOASID2006:Allocate|}();

                Action later = () => sva.{|IOASID2006:Allocate|}();
                later();
            }

            int Property { set => sva.{|IOASID2006:Allocate|}(); }
        }
        """,
        """
        class Pool(IoAsidSet<SvaBinding> sva)
        {
            // Allocates.
            void Method()
            {
                IoAsidHandle<SvaBinding> handle = sva.Allocate();
            } // at once

            void Statement(bool now)
            {
                if (now)
                {
                    IoAsidHandle<SvaBinding> handle = sva.Allocate();
                }

                Action later = () => { IoAsidHandle<SvaBinding> handle2 = sva.Allocate(); };
                later();
            }

            int Property { set { IoAsidHandle<SvaBinding> handle = sva.Allocate(); } }
        }
        """);

    [Fact]
    public Task A_loop_has_no_place_to_keep_a_result_in() => Unfixed<DroppedResultAnalyzer, KeepResultCodeFixProvider>(
        InPool("for (int i = 0; i < 9; sva.{|IOASID2006:Allocate|}(data)) i++;"));

    [Fact]
    public Task Editorconfig_says_var() => new FixTest<DroppedResultAnalyzer, KeepResultCodeFixProvider>(
        InPool("sva.{|IOASID2006:Allocate|}(data);"),
        InPool("var handle = sva.Allocate(data);"))
    {
        EditorConfig = "csharp_style_var_elsewhere = true:suggestion",
    }.RunAsync(Cancellation);

    [Fact]
    public Task Top_level_statements() => new FixTest<DroppedResultAnalyzer, KeepResultCodeFixProvider>(
        """
        using IoAsid.Typed;

        IoAsidSpace space = new();
        space.{|IOASID2009:ReserveCapacity|}(2);
        """,
        """
        using IoAsid.Typed;

        IoAsidSpace space = new();
        IoAsidCapacityReservation reservation = space.ReserveCapacity(2);
        """)
    {
        TestState = { OutputKind = OutputKind.ConsoleApplication },
    }.RunAsync(Cancellation);

    [Fact]
    public Task Take_the_id_instead_of_a_check() => Fix<CheckThenActAnalyzer, HoldInsteadOfCheckCodeFixProvider>(
        """
        class Handler(IoAsidSet<SvaBinding> sva, IoAsidReader<SvaBinding> reader)
        {
            void Branch(RawIoAsid id)
            {
                // Only ours.
                if (sva.{|IOASID2007:Contains|}(id))
                {
                    // Served here.
                    sva.Find(id).Data?.Serve();
                }
            }

            int Return(RawIoAsid id, bool now)
            {
                if (!now || !reader.{|IOASID2007:Find|}(id).IsFound)
                    return 1;

                // The rest.
                using IoAsidHold<SvaBinding> hold = reader.Hold(id);
                return hold.Data.Users;
            }

            void Statement(RawIoAsid id)
            {
                if (reader.{|IOASID2007:Find|}(id).Status == IoAsidLookupStatus.Found)
                    reader.TryFind(id, out _);
            }
        }
        """,
        """
        class Handler(IoAsidSet<SvaBinding> sva, IoAsidReader<SvaBinding> reader)
        {
            void Branch(RawIoAsid id)
            {
                // Only ours.
                if (sva.TryHold(id, out IoAsidReference? reference))
                {
                    using (reference)
                    {
                        // Served here.
                        sva.Find(id).Data?.Serve();
                    }
                }
            }

            int Return(RawIoAsid id, bool now)
            {
                if (!now || !reader.TryHold(id, out IoAsidReference<SvaBinding>? reference))
                    return 1;

                using (reference)
                {
                    // The rest.
                    using IoAsidHold<SvaBinding> hold = reader.Hold(id);
                    return hold.Data.Users;
                }
            }

            void Statement(RawIoAsid id)
            {
                if (reader.TryHold(id, out IoAsidReference<SvaBinding>? reference))
                {
                    using (reference)
                    {
                        reader.TryFind(id, out _);
                    }
                }
            }
        }
        """);

    /// <summary>A fix that would leave the hold without a release, or the act without a hold, is not offered.</summary>
    [Theory]
    [InlineData("_ = sva.{|IOASID2007:Contains|}(id) && sva.TryFind(id, out _);")]
    [InlineData("if (sva.{|IOASID2007:Contains|}(id) && id.Value > 1) sva.TryFind(id, out _);")]
    [InlineData("while (sva.{|IOASID2007:Contains|}(id)) sva.TryFind(id, out _);")]
    [InlineData("if (sva.{|IOASID2007:Contains|}(id)) { } else { return; } sva.TryFind(id, out _);")]
    [InlineData("bool known = sva.{|IOASID2007:Contains|}(id); if (known) sva.TryFind(id, out _);")]
    [InlineData("if (sva.{|IOASID2007:TryFind|}(id, out var found)) sva.TryFind(id, out found);")]
    public Task No_hold_without_an_end(string statements) => Unfixed<CheckThenActAnalyzer, HoldInsteadOfCheckCodeFixProvider>(InHandler(statements));

    [Theory]
    [InlineData(
        "SvaBinding? found = sva.{|IOASID2004:Find|}(id).Data; await Task.Yield(); found?.Serve();",
        "using IoAsidReference<SvaBinding>? reference = sva.TryHold(id, out IoAsidReference<SvaBinding>? taken) ? taken : null; SvaBinding? found = reference?.Data; await Task.Yield(); found?.Serve();")]
    [InlineData(
        "if (!sva.{|IOASID2004:TryFind|}(id, out SvaBinding? found)) return; await Task.Yield(); found.Serve();",
        "using IoAsidReference<SvaBinding>? reference = sva.TryHold(id, out IoAsidReference<SvaBinding>? taken) ? taken : null; if (reference is not { Data: SvaBinding found }) return; await Task.Yield(); found.Serve();")]
    [InlineData(
        "if (sva.{|IOASID2004:TryFind|}(id, out var found)) { await Task.Yield(); found.Serve(); }",
        "using IoAsidReference<SvaBinding>? reference = sva.TryHold(id, out IoAsidReference<SvaBinding>? taken) ? taken : null; if (reference is { Data: var found }) { await Task.Yield(); found.Serve(); }")]
    [InlineData(
        "var found = sva.Reader.{|IOASID2004:Find|}(id).Data as GuestSvaBinding; await Task.Yield(); found?.Serve();",
        "using IoAsidReference<SvaBinding>? reference = sva.Reader.TryHold(id, out IoAsidReference<SvaBinding>? taken) ? taken : null; var found = reference?.Data as GuestSvaBinding; await Task.Yield(); found?.Serve();")]
    public Task Hold_data_that_is_read_after_a_wait(string before, string after) =>
        Fix<UnheldDataAnalyzer, HoldDataCodeFixProvider>(OnLines(before), OnLines(after));

    [Theory]
    [InlineData("field = sva.{|IOASID2004:Find|}(id).Data; await Task.Yield();")]
    [InlineData("while (sva.{|IOASID2004:TryFind|}(id, out var found)) { await Task.Yield(); found.Serve(); }")]
    [InlineData("SvaBinding? found = id.Value > 1 ? sva.{|IOASID2004:Find|}(id).Data : null; await Task.Yield(); found?.Serve();")]
    [InlineData("SvaBinding? found; { found = sva.{|IOASID2004:Find|}(id).Data; } await Task.Yield(); found?.Serve();")]
    [InlineData("var lookup = sva.{|IOASID2004:Find|}(id); await Task.Yield(); lookup.Data?.Serve();")]
    public Task No_hold_where_it_would_end_too_early_or_never(string statements) => Unfixed<UnheldDataAnalyzer, HoldDataCodeFixProvider>(OnLines(statements));

    private static string InPool(string statements) => $$"""
        class Pool(IoAsidSpace space, IoAsidSet<SvaBinding> sva)
        {
            void M(SvaBinding data)
            {
                {{statements}}
            }

            object Other => space;
        }
        """;

    private static string InHandler(string statements) => $$"""
        class Handler(IoAsidSet<SvaBinding> sva)
        {
            SvaBinding? field;

            async Task M(RawIoAsid id)
            {
                {{statements}}
                await Task.CompletedTask;
            }

            object? Other => field;
        }
        """;

    /// <summary>Returns the statements, each on its own line.</summary>
    private static string OnLines(string statements) => InHandler(statements.Replace("; ", ";\n        ", StringComparison.Ordinal));

    private static Task Fix<TAnalyzer, TFix>(string before, string after)
        where TAnalyzer : Microsoft.CodeAnalysis.Diagnostics.DiagnosticAnalyzer, new()
        where TFix : Microsoft.CodeAnalysis.CodeFixes.CodeFixProvider, new() =>
        new FixTest<TAnalyzer, TFix>(before, after).RunAsync(Cancellation);

    private static Task Unfixed<TAnalyzer, TFix>(string code)
        where TAnalyzer : Microsoft.CodeAnalysis.Diagnostics.DiagnosticAnalyzer, new()
        where TFix : Microsoft.CodeAnalysis.CodeFixes.CodeFixProvider, new() =>
        new FixTest<TAnalyzer, TFix>(code, code).RunAsync(Cancellation);
}
