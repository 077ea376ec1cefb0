using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.Analyzers.UntypedLookups;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers.Tests.UntypedLookups;

/// <summary>IOASID1001 and IOASID1002 on code: every use gets exactly one of the two, and nothing else gets either.</summary>
public sealed class UntypedLookupAnalyzerTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    /// <summary>Expressions in a method with sets and an id at hand.</summary>
    [Theory]
    // null, in each spelling
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, null, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, default, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, (IoAsidSet?)null, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, default(IoAsidSet), id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, null!, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, (IoAsidSet<SvaBinding>?)null, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(getter: null, id: id, set: null, space: space)")]
    // null on some path
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, maybe, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, space is null ? sva : null, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, (object)sva as IoAsidSet, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(set: maybe, space: space, id: id, getter: null)")]
    // there
    [InlineData("UntypedLookup.{|IOASID1002:Find|}(space, sva, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1002:Find|}(space, (IoAsidSet)sva, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1002:Find|}(space, sva as IoAsidSet, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1002:Find|}(space, maybe ?? sva, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1002:Find|}(space, maybe!, id, null)")]
    [InlineData("maybe is null ? null : UntypedLookup.{|IOASID1002:Find|}(space, maybe, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1002:Find|}(space, space.CreateSet<SvaBinding>(\"other\"), id, null)")]
    [InlineData("UntypedLookup.{|IOASID1002:Find|}(getter: null, id: id, set: sva, space: space)")]
    // no set to be seen: method groups, delegates, function pointers
    [InlineData("(Func<IoAsidSpace, IoAsidSet?, RawIoAsid, Func<object?, bool>?, object?>)UntypedLookup.{|IOASID1001:Find|}")]
    [InlineData("new Func<IoAsidSpace, IoAsidSet?, RawIoAsid, Func<object?, bool>?, object?>(UntypedLookup.{|IOASID1001:Find|})")]
    // inside other code
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, null, id, data => UntypedLookup.{|IOASID1002:Find|}(space, sva, id, null) == data)")]
    [InlineData("(Func<object?>)(() => UntypedLookup.{|IOASID1001:Find|}(space, null, id, null))")]
    [InlineData("(System.Linq.Expressions.Expression<Func<object?>>)(() => UntypedLookup.{|IOASID1001:Find|}(space, null, id, null))")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, null, id, null)?.ToString()")]
    [InlineData("$\"{UntypedLookup.{|IOASID1001:Find|}(space, null, id, null)}\"")]
    // chosen at run time
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, null, (dynamic)id, null)")]
    [InlineData("UntypedLookup.{|IOASID1002:Find|}(space, sva, (dynamic)id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(getter: (dynamic?)null, id: id, set: maybe, space: space)")]
    // not a use
    [InlineData("nameof(UntypedLookup.Find)")]
    [InlineData("sva.Find(id).Data")]
    [InlineData("sva.Reader.Find(id).Data")]
    [InlineData("new System.Collections.Generic.List<int>().Find(number => number == 1)")]
    public Task Expression(string expression) => Verify($$"""
        class Handler
        {
            object? M(IoAsidSpace space, IoAsidSet<SvaBinding> sva, IoAsidSet? maybe, RawIoAsid id) =>
                {{expression}};
        }
        """);

    [Fact]
    public Task Function_pointer() => Verify("""
        unsafe class Handler
        {
            delegate*<IoAsidSpace, IoAsidSet?, RawIoAsid, Func<object?, bool>?, object?> find = &UntypedLookup.{|IOASID1001:Find|};
        }
        """);

    [Fact]
    public Task Flow_decides_line_by_line() => Verify("""
        class Handler(IoAsidSpace space)
        {
            IoAsidSet? set;

            void M(IoAsidSet? given, RawIoAsid id)
            {
                UntypedLookup.{|IOASID1001:Find|}(space, given, id, null);
                if (given is null) return;
                UntypedLookup.{|IOASID1002:Find|}(space, given, id, null);
                given = set;
                UntypedLookup.{|IOASID1001:Find|}(space, given, id, null);
                set = space.CreateSet<SvaBinding>("sva");
                UntypedLookup.{|IOASID1002:Find|}(space, set, id, null);
                void Local(IoAsidSet? inner) => UntypedLookup.{|IOASID1001:Find|}(space, inner, id, null);
                Local(set);
                while (Next() is { } next)
                    UntypedLookup.{|IOASID1002:Find|}(space, next, id, null);
            }

            IoAsidSet? Next() => set;
        }
        """);

    [Fact]
    public Task Aliases_static_usings_and_top_level_statements() => new RuleTest<UntypedLookupAnalyzer>("""
        using static IoAsid.Typed.Migration.UntypedLookup;
        using Old = IoAsid.Typed.Migration.UntypedLookup;
        using Driver;
        using IoAsid.Typed;

        IoAsidSpace space = new();
        IoAsidSet<SvaBinding> sva = space.CreateSet<SvaBinding>("sva");
        {|IOASID1001:Find|}(space, null, new RawIoAsid(1), null);
        Old.{|IOASID1002:Find|}(space, sva, new RawIoAsid(1), null);
        """)
    {
        TestState = { OutputKind = OutputKind.ConsoleApplication },
    }.RunAsync(Cancellation);

    [Fact]
    public Task Generated_code_is_left_alone() => Verify("""
        // <auto-generated/>
        class Handler
        {
            object M(IoAsidSpace space, RawIoAsid id) => UntypedLookup.Find(space, null, id, null);
        }
        """);

    [Fact]
    public Task Field_initializers_properties_and_attributes() => Verify("""
        class Handler
        {
            static readonly IoAsidSpace Space = new();
            object? field = UntypedLookup.{|IOASID1001:Find|}(Space, null, default, null);
            object? Property => UntypedLookup.{|IOASID1001:Find|}(Space, null, default, null);
            [Obsolete(nameof(UntypedLookup.Find))] object? Auto { get; } = UntypedLookup.{|IOASID1001:Find|}(Space, null, default, null);
        }

        class Base(object? data);

        class Derived() : Base(UntypedLookup.{|IOASID1001:Find|}(new IoAsidSpace(), null, default, null));
        """);

    [Fact]
    public Task Iterators_and_async_methods() => Verify("""
        class Handler(IoAsidSpace space, IoAsidSet<SvaBinding> sva)
        {
            System.Collections.Generic.IEnumerable<object?> Each(RawIoAsid id)
            {
                yield return UntypedLookup.{|IOASID1001:Find|}(space, null, id, null);
            }

            async Task<object?> Later(Task<RawIoAsid> id) => UntypedLookup.{|IOASID1002:Find|}(space, sva, await id, null);
        }
        """);

    private static Task Verify(string code) => new RuleTest<UntypedLookupAnalyzer>(code).RunAsync(Cancellation);
}
