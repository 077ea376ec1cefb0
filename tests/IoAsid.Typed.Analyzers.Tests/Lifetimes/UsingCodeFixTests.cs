using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.CodeFixes;
using Microsoft.CodeAnalysis.Testing;

namespace IoAsid.Typed.Analyzers.Tests.Lifetimes;

/// <summary>The fix of IOASID2001: a declaration becomes a <c>using</c>, and nothing else changes.</summary>
public sealed class UsingCodeFixTests
{
    private const int RepairedInEach = 4;

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

    [Fact]
    public Task References_that_TryHold_gives_out() => Verify(
        """
        class Handler
        {
            int Early(IoAsidSet<SvaBinding> sva, RawIoAsid id, bool flag)
            {
                if (!sva.{|IOASID2001:TryHold|}(id, out IoAsidReference<SvaBinding>? mine))
                    return 0; // not ours

                // ours
                if (flag) return 1;
                mine.Data.Serve();
                return mine.Data.Users;
            }

            void Branch(IoAsidSet vm, RawIoAsid id, bool flag)
            {
                if (flag && vm.{|IOASID2001:TryHold|}(id, out var mine))
                {
                    // held
                    Console.WriteLine(mine.Id);
                }
                else
                    Console.WriteLine(id);

                if (vm.{|IOASID2001:TryHold|}(id, out var other)) Console.WriteLine(other.Id);
            }

            async Task Statement(IoAsidReader<SvaBinding> reader, RawIoAsid id)
            {
                reader.{|IOASID2001:TryHold|}(id, out var mine);
                await Task.Yield();
                mine?.Data.Serve();
            }
        }
        """,
        """
        class Handler
        {
            int Early(IoAsidSet<SvaBinding> sva, RawIoAsid id, bool flag)
            {
                if (!sva.TryHold(id, out IoAsidReference<SvaBinding>? mine))
                    return 0; // not ours

                using (mine)
                {
                    // ours
                    if (flag) return 1;
                    mine.Data.Serve();
                    return mine.Data.Users;
                }
            }

            void Branch(IoAsidSet vm, RawIoAsid id, bool flag)
            {
                if (flag && vm.TryHold(id, out var mine))
                {
                    using (mine)
                    {
                        // held
                        Console.WriteLine(mine.Id);
                    }
                }
                else
                    Console.WriteLine(id);

                if (vm.TryHold(id, out var other))
                {
                    using (other)
                    {
                        Console.WriteLine(other.Id);
                    }
                }
            }

            async Task Statement(IoAsidReader<SvaBinding> reader, RawIoAsid id)
            {
                reader.TryHold(id, out var mine);
                using (mine)
                {
                    await Task.Yield();
                    mine?.Data.Serve();
                }
            }
        }
        """);

    [Fact]
    public Task References_inside_one_another() => Verify(
        """
        class Handler
        {
            void M(IoAsidSet<SvaBinding> sva, RawIoAsid id, RawIoAsid id2)
            {
                if (!sva.{|IOASID2001:TryHold|}(id, out var first)) return;
                first.Data.Serve();
                if (!sva.{|IOASID2001:TryHold|}(id2, out var second)) return;
                second.Data.Serve();
            }
        }
        """,
        """
        class Handler
        {
            void M(IoAsidSet<SvaBinding> sva, RawIoAsid id, RawIoAsid id2)
            {
                if (!sva.TryHold(id, out var first)) return;
                using (first)
                {
                    first.Data.Serve();
                    if (!sva.TryHold(id2, out var second)) return;
                    using (second)
                    {
                        second.Data.Serve();
                    }
                }
            }
        }
        """);

    /// <summary>Nested reports, two reports in one condition, comments, and reports without a fix, in a document and in all documents of a project and of a solution.</summary>
    [Theory]
    [InlineData(CodeFixTestBehaviors.None)]
    [InlineData(CodeFixTestBehaviors.SkipFixAllInDocumentCheck, "Second", "Third")]
    public Task FixAll_in_document_project_and_solution_loses_nothing(CodeFixTestBehaviors skipped, params string[] moreDocuments)
    {
        FixTest<LifetimeAnalyzer, UsingCodeFixProvider> test = new(Before("First"), After("First"))
        {
            CodeFixTestBehaviors = skipped,
            NumberOfIncrementalIterations = RepairedInEach * (1 + moreDocuments.Length),
        };
        foreach (string name in moreDocuments)
        {
            test.TestState.Sources.Add(Before(name));
            test.FixedState.Sources.Add(After(name));
        }

        return test.RunAsync(TestContext.Current.CancellationToken);

        static string Before(string name) => $$"""
            class {{name}}(IoAsidSet<SvaBinding> sva, IoAsidSet vm)
            {
                int Nested(RawIoAsid id, RawIoAsid other)
                {
                    // the first
                    if (!sva.{|IOASID2001:TryHold|}(id, out var first)) return 0; // not there
                    if (vm.{|IOASID2001:TryHold|}(other, out IoAsidReference? second)) // the second
                        Console.WriteLine(second.Id); // held
                    else
                        Console.WriteLine(other);

                    if (!vm.{|IOASID2001:TryHold|}(other, out var kept)) return 1;
                    if (first.Data.Users > 1) Keep(kept);
                    /* between */
                    vm.{|IOASID2001:TryHold|}(id, out var third);
                    Console.WriteLine(third?.Id);
                    return first.Data.Users; // last
                }

                void Next(RawIoAsid id)
                {
                    while (true)
                    {
                        if (!sva.{|IOASID2001:TryHold|}(id, out var again))
                        {
                            // gone
                            break;
                        }

                        again.Data.Serve();
                    }

                    _ = sva.{|IOASID2001:TryHold|}(id, out _);
                }

                static void Keep(object kept) => Console.WriteLine(kept);
            }
            """;

        static string After(string name) => $$"""
            class {{name}}(IoAsidSet<SvaBinding> sva, IoAsidSet vm)
            {
                int Nested(RawIoAsid id, RawIoAsid other)
                {
                    // the first
                    if (!sva.TryHold(id, out var first)) return 0; // not there
                    using (first)
                    {
                        if (vm.TryHold(other, out IoAsidReference? second)) // the second
                        {
                            using (second)
                            {
                                Console.WriteLine(second.Id); // held
                            }
                        }
                        else
                            Console.WriteLine(other);

                        if (!vm.{|IOASID2001:TryHold|}(other, out var kept)) return 1;
                        if (first.Data.Users > 1) Keep(kept);
                        /* between */
                        vm.TryHold(id, out var third);
                        using (third)
                        {
                            Console.WriteLine(third?.Id);
                            return first.Data.Users; // last
                        }
                    }
                }

                void Next(RawIoAsid id)
                {
                    while (true)
                    {
                        if (!sva.TryHold(id, out var again))
                        {
                            // gone
                            break;
                        }

                        using (again)
                        {
                            again.Data.Serve();
                        }
                    }

                    _ = sva.{|IOASID2001:TryHold|}(id, out _);
                }

                static void Keep(object kept) => Console.WriteLine(kept);
            }
            """;
    }

    /// <summary>No fix is offered for a value that is passed on, assigned again or not disposable, or without a declaration.</summary>
    [Theory]
    [InlineData("IoAsidHold<SvaBinding> M() { var hold = sva.{|IOASID2001:Hold|}(id); if (flag) return default; return hold; }")]
    [InlineData("void M() { var hold = sva.{|IOASID2001:Hold|}(id); if (flag) Unknown(hold); }")]
    [InlineData("void M() { var hold = sva.{|IOASID2001:Hold|}(id); if (flag) hold = default; }")]
    [InlineData("void M() { var binding = handle.{|IOASID2001:Bind|}(); }")]
    [InlineData("void M() { sva.{|IOASID2001:Hold|}(id); }")]
    [InlineData("void M() { switch (flag) { case true: var hold = sva.{|IOASID2001:Hold|}(id); break; } }")]
    [InlineData("void M() { sva.{|IOASID2001:TryHold|}(id, out var mine); }")]
    [InlineData("void M() { if (!sva.{|IOASID2001:TryHold|}(id, out var mine)) return; if (flag) Unknown(mine); }")]
    [InlineData("void M() { if (!sva.{|IOASID2001:TryHold|}(id, out var mine)) return; }")]
    [InlineData("void M() { if (sva.{|IOASID2001:TryHold|}(id, out var mine)) mine.Data.Serve(); else mine = null; }")]
    [InlineData("void M() { if (sva.{|IOASID2001:TryHold|}(id, out var mine)) mine.Data.Serve(); Console.WriteLine(mine?.Id); }")]
    [InlineData("void M() { if (sva.{|IOASID2001:TryHold|}(id, out var mine) && flag) mine.Data.Serve(); }")]
    [InlineData("void M() { if (sva.{|IOASID2001:TryHold|}(id, out _)) Console.WriteLine(id); }")]
    [InlineData("void M() { if (!sva.{|IOASID2001:TryHold|}(id, out var mine)) goto end; mine.Data.Serve(); if (flag) goto end; end: ; }")]
    [InlineData("bool M() => sva.{|IOASID2001:TryHold|}(id, out var mine) && mine.Data.Users > 0;")]
    public Task Left_alone(string member)
    {
        string code = $$"""
            class Handler(IoAsidSet<SvaBinding> sva, IoAsidHandle<SvaBinding> handle, RawIoAsid id, bool flag)
            {
                {{member}}
                static void Unknown(IoAsidHold<SvaBinding> hold) { }
                static void Unknown(object hold) { }
                object State => (sva, handle, id, flag);
            }
            """;
        return Verify(code, code);
    }

    private static Task Verify(string code, string fixedCode) =>
        new FixTest<LifetimeAnalyzer, UsingCodeFixProvider>(code, fixedCode).RunAsync(TestContext.Current.CancellationToken);
}
