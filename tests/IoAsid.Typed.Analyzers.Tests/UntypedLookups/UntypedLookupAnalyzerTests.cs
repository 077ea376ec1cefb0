using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers.Tests.UntypedLookups;

/// <summary>IOASID1001 and IOASID1002: every use of an untyped lookup has exactly one of the two, and other code has neither.</summary>
public sealed class UntypedLookupAnalyzerTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    /// <summary>Expressions in a method with sets and an id.</summary>
    [Theory]
    // Null, in each spelling.
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, null, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, default, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, (IoAsidSet?)null, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, default(IoAsidSet), id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, null!, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, (IoAsidSet<SvaBinding>?)null, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(getter: null, id: id, set: null, space: space)")]
    // Null on some path.
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, maybe, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, space is null ? sva : null, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, (object)sva as IoAsidSet, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(set: maybe, space: space, id: id, getter: null)")]
    // Not null.
    [InlineData("UntypedLookup.{|IOASID1002:Find|}(space, sva, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1002:Find|}(space, (IoAsidSet)sva, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1002:Find|}(space, sva as IoAsidSet, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1002:Find|}(space, maybe ?? sva, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1002:Find|}(space, maybe!, id, null)")]
    [InlineData("maybe is null ? null : UntypedLookup.{|IOASID1002:Find|}(space, maybe, id, null)")]
    [InlineData("UntypedLookup.{|IOASID1002:Find|}(space, space.CreateSet<SvaBinding>(\"other\"), id, null)")]
    [InlineData("UntypedLookup.{|IOASID1002:Find|}(getter: null, id: id, set: sva, space: space)")]
    // Without a visible argument: method groups, delegates, function pointers.
    [InlineData("(Func<IoAsidSpace, IoAsidSet?, RawIoAsid, Func<object?, bool>?, object?>)UntypedLookup.{|IOASID1001:Find|}")]
    [InlineData("new Func<IoAsidSpace, IoAsidSet?, RawIoAsid, Func<object?, bool>?, object?>(UntypedLookup.{|IOASID1001:Find|})")]
    // Inside other code.
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, null, id, data => UntypedLookup.{|IOASID1002:Find|}(space, sva, id, null) == data)")]
    [InlineData("(Func<object?>)(() => UntypedLookup.{|IOASID1001:Find|}(space, null, id, null))")]
    [InlineData("(System.Linq.Expressions.Expression<Func<object?>>)(() => UntypedLookup.{|IOASID1001:Find|}(space, null, id, null))")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, null, id, null)?.ToString()")]
    [InlineData("$\"{UntypedLookup.{|IOASID1001:Find|}(space, null, id, null)}\"")]
    // Bound at run time.
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, null, (dynamic)id, null)")]
    [InlineData("UntypedLookup.{|IOASID1002:Find|}(space, sva, (dynamic)id, null)")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(getter: (dynamic?)null, id: id, set: maybe, space: space)")]
    // Not a use.
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

    /// <summary>The declaration of a member that a user marks, and its use.</summary>
    [Theory]
    // Kinds of members.
    [InlineData("[UntypedIoAsidLookup] static object? Find(RawIoAsid id) => null;", "{|IOASID1001:Find|}(id)")]
    [InlineData("[UntypedIoAsidLookup] static object? Find(IoAsidSet? set, RawIoAsid id) => null;", "{|IOASID1002:Find|}(sva, id)")]
    [InlineData("[UntypedIoAsidLookup] static object? Find(RawIoAsid id, IoAsidSet? set = null) => null;", "{|IOASID1001:Find|}(id)")]
    [InlineData("[UntypedIoAsidLookup] static object? Find(RawIoAsid id, IoAsidReader<SvaBinding> set = default) => null;", "{|IOASID1001:Find|}(id)")]
    [InlineData("[UntypedIoAsidLookup] static object? Find(IoAsidReader<SvaBinding> set, RawIoAsid id) => null;", "{|IOASID1002:Find|}(sva, id)")]
    [InlineData("[UntypedIoAsidLookup] static object? Find(IoAsidReader<SvaBinding> set, RawIoAsid id) => null;", "{|IOASID1001:Find|}(new(), id)")]
    [InlineData("[UntypedIoAsidLookup] static object? Find(IoAsidReader<SvaBinding>? set, RawIoAsid id) => null;", "{|IOASID1001:Find|}(null, id)")]
    [InlineData("[UntypedIoAsidLookup] static object? Find<TSet>(TSet? set, RawIoAsid id) where TSet : IoAsidSet => null;", "{|IOASID1002:Find|}(sva, id)")]
    [InlineData("[UntypedIoAsidLookup] static T? Find<T>(RawIoAsid id) where T : class => null;", "{|IOASID1001:Find<SvaBinding>|}(id)")]
    [InlineData("[UntypedIoAsidLookup] static object? Find(IoAsidSet vm, IoAsidSet? fallback, RawIoAsid id) => null;", "{|IOASID1001:Find|}(sva, null, id)")]
    [InlineData("[UntypedIoAsidLookup] static object? Find(IoAsidSet vm, IoAsidSet? fallback, RawIoAsid id) => null;", "{|IOASID1002:Find|}(sva, sva, id)")]
    [InlineData("[UntypedIoAsidLookup] static extern object Find(uint id);", "{|IOASID1001:Find|}(7)")]
    [InlineData("[UntypedIoAsidLookup] static object? Current => null;", "{|IOASID1001:Current|}")]
    [InlineData("static object? Current { [UntypedIoAsidLookup] get => null; }", "{|IOASID1001:Current|}")]
    [InlineData("[UntypedIoAsidLookup] object? this[IoAsidSet? set, uint id] { get => null; set { } }", "{|IOASID1002:this[sva, 7]|}")]
    [InlineData("[UntypedIoAsidLookup] object? this[IoAsidSet? set, uint id] { get => null; set { } }", "{|IOASID1001:this[maybe, 7]|} ??= id")]
    [InlineData("[UntypedIoAsidLookup] object? this[IoAsidSet? set, uint id] { get => null; set { } }", "this[maybe, 7] = id")]
    [InlineData("[UntypedIoAsidLookup] object? Current { get; set; }", "(Current, maybe) = (id, sva)")]
    [InlineData("[UntypedIoAsidLookup] object? Current { get; set; }", "nameof(Current) + nameof(Handler.Current)")]
    [InlineData("[UntypedIoAsidLookup] object? Current { get; set; }", "new Handler { Current = id }")]
    [InlineData("[UntypedIoAsidLookup] object? Current { get; set; }", "this is { {|IOASID1001:Current|}: not null }")]
    [InlineData("[UntypedIoAsidLookup] object? this[IoAsidSet? set, object id] => null;", "{|IOASID1002:this[sva, (dynamic)id]|}")]
    [InlineData("[UntypedIoAsidLookup] static Func<IoAsidSet?, object?> Finder => s => null;", "{|IOASID1002:Finder|}(sva)")]
    [InlineData("[UntypedIoAsidLookup] static Func<IoAsidSet?, object?> Finder => s => null;", "{|IOASID1001:Finder|}(null)")]
    [InlineData("[UntypedIoAsidLookup] delegate object? Lookup(IoAsidSet? set, RawIoAsid id); Lookup find = null!;", "{|IOASID1002:find|}(sva, id)")]
    [InlineData("[UntypedIoAsidLookup] delegate object? Lookup(IoAsidSet? set, RawIoAsid id); Lookup find = null!;", "find.{|IOASID1001:Invoke|}(null, id)")]
    [InlineData("[UntypedIoAsidLookup] delegate object? Lookup(IoAsidSet? set, RawIoAsid id); Lookup? find = null!;", "find?.{|IOASID1001:Invoke|}(maybe, id)")]
    [InlineData("[UntypedIoAsidLookup] delegate object? Lookup(IoAsidSet? set, RawIoAsid id); Lookup find = null!;", "find")]
    [InlineData("[UntypedIoAsidLookup] static async Task<object?> Find(IoAsidSet? set) => await Task.FromResult(\"\");", "{|IOASID1001:Find|}(null).Result")]
    [InlineData("class Id { [UntypedIoAsidLookup] public static explicit operator Handler(Id id) => null!; }", "(Handler){|IOASID1001:new Id()|}", true)]
    // Inherited marks.
    [InlineData("abstract class A { [UntypedIoAsidLookup] public abstract object? Find(uint id); } class B : A { public override object? Find(uint id) => null; }", "new B().{|IOASID1001:Find|}(7)")]
    [InlineData("interface I { [UntypedIoAsidLookup] object? Find(uint id); } class B : I { public object? Find(uint id) => null; }", "new B().{|IOASID1001:Find|}(7)")]
    [InlineData("interface I<T> { [UntypedIoAsidLookup] object? Find(T id); } class B : I<uint> { object? I<uint>.Find(uint id) => null; }", "((I<uint>)new B()).{|IOASID1001:Find|}(7)")]
    [InlineData("interface I { [UntypedIoAsidLookup] object? this[uint id] { get; } } class B : I { public object? this[uint id] => null; }", "{|IOASID1001:new B()[7]|}")]
    [InlineData("interface I { [UntypedIoAsidLookup] object? Find(uint id); } class B : I { public object? Find(uint id) => null; public object? Find(string id) => null; }", "new B().Find(\"7\")")]
    [InlineData("interface I { [UntypedIoAsidLookup] static abstract object? Find(uint id); } static object? Of<T>() where T : I => T.{|IOASID1001:Find|}(7);", "null")]
    public Task Marked_member(string declaration, string use, bool wholeCast = false) => Verify($$"""
        class Handler
        {
            {{declaration}}

            object? M(IoAsidSet<SvaBinding> sva, IoAsidSet? maybe, RawIoAsid id) => {{(wholeCast ? "{|IOASID1001:(Handler)new Id()|}" : use)}};
        }
        """);

    /// <summary>The rule inspects operators only if one is marked. The marked operator may be in a referenced assembly.</summary>
    [Fact]
    public async Task Operator_of_a_referenced_assembly()
    {
        const string Library = """
            public class Id
            {
                [IoAsid.Typed.UntypedIoAsidLookup] public static string operator ~(Id id) => "";
                public static string operator !(Id id) => "";
            }
            """;
        using MemoryStream image = new();
        Assert.True(AllRules.Compile([Library], [.. TestProject.Framework, .. TestProject.Sdk]).Emit(image, cancellationToken: Cancellation).Success);
        RuleTest<UntypedLookupAnalyzer> test = new("class Handler { string M(Id id) => {|IOASID1001:~id|} + !id; }");
        test.TestState.AdditionalReferences.Add(MetadataReference.CreateFromImage(image.ToArray()));

        await test.RunAsync(Cancellation);
    }

    [Fact]
    public Task Extensions_old_and_new() => Verify("""
        static class Extensions
        {
            [UntypedIoAsidLookup] public static object? FindIn(this IoAsidSet? set, RawIoAsid id) => null;

            [UntypedIoAsidLookup] public static object? FindBy(this RawIoAsid id) => null;

            extension(IoAsidSet set)
            {
                [UntypedIoAsidLookup] public object? FindHere(RawIoAsid id) => null;
            }
        }

        class Handler
        {
            void M(IoAsidSet<SvaBinding> sva, IoAsidSet? maybe, RawIoAsid id)
            {
                sva.{|IOASID1002:FindIn|}(id);
                maybe.{|IOASID1001:FindIn|}(id);
                maybe?.{|IOASID1002:FindIn|}(id);
                Extensions.{|IOASID1001:FindIn|}(null, id);
                id.{|IOASID1001:FindBy|}();
                sva.{|IOASID1002:FindHere|}(id);
            }
        }
        """);

    /// <summary>Without nullable annotations, a set counts as not null only if the method proves it.</summary>
    [Theory]
    [InlineData("{|IOASID1001:Find|}(set)")]
    [InlineData("{|IOASID1001:Find|}(field)")]
    [InlineData("{|IOASID1001:Find|}(null)")]
    [InlineData("{|IOASID1001:Find|}(o as IoAsidSet)")]
    [InlineData("{|IOASID1001:Find|}(default)")]
    [InlineData("set != null ? {|IOASID1002:Find|}(set) : {|IOASID1001:Find|}(set)")]
    [InlineData("set == null ? null : {|IOASID1002:Find|}(set)")]
    [InlineData("!(set is null) && o != null ? {|IOASID1002:Find|}(set) : null")]
    [InlineData("set is not null ? {|IOASID1002:Find|}(set as IoAsidSet) : null")]
    [InlineData("set is { } && {|IOASID1002:Find|}(set) != null")]
    [InlineData("set == null || {|IOASID1002:Find|}(set) != null")]
    [InlineData("o is IoAsidSet<SvaBinding> s ? {|IOASID1002:Find|}(s) : null")]
    [InlineData("o is IoAsidSet ? {|IOASID1002:Find|}((IoAsidSet)o) : null")]
    [InlineData("{|IOASID1002:Find|}(space.CreateSet<SvaBinding>(\"sva\"))")]
    [InlineData("{|IOASID1002:Find|}(set ?? space.CreateSet<SvaBinding>(\"sva\"))")]
    [InlineData("{|IOASID1002:Find|}(set ?? throw new Exception())")]
    [InlineData("{|IOASID1001:Find|}(set ?? field)")]
    public Task Oblivious(string expression) => Verify($$"""
        #nullable disable
        class Handler
        {
            IoAsidSet<SvaBinding> field;

            [UntypedIoAsidLookup] object Find(IoAsidSet set) => null;

            object M(IoAsidSpace space, IoAsidSet<SvaBinding> set, object o) => {{expression}};

            object field2 => field = null;
        }
        """);

    [Fact]
    public Task Oblivious_locals() => Verify("""
        #nullable disable
        class Handler
        {
            [UntypedIoAsidLookup] void Find(IoAsidSet set) { }

            void M(IoAsidSpace space, IoAsidSet given)
            {
                var once = space.CreateSet<SvaBinding>("once");
                {|IOASID1002:Find|}(once);
                var twice = space.CreateSet<SvaBinding>("twice");
                {|IOASID1002:Find|}(twice);
                twice = null;
                {|IOASID1001:Find|}(twice);
                if (given != null)
                {
                    {|IOASID1002:Find|}(given);
                    Reset(ref given);
                    {|IOASID1001:Find|}(given);
                }

                if (given == null)
                    return;

                {|IOASID1002:Find|}(given);
                Action later = () => {|IOASID1001:Find|}(given);
                Action sooner = () => {|IOASID1002:Find|}(once);
                foreach (var each in new IoAsidSet[] { once, null })
                    {|IOASID1001:Find|}(each is { } one ? one : null);
            }

            void Reset(ref IoAsidSet set) => set = null;
        }
        """);

    /// <summary>Members that cannot be marked are named in .editorconfig.</summary>
    [Theory]
    [InlineData("Legacy.Table.Find")]
    [InlineData("Legacy.Other.Find, Legacy.Table.Find")]
    [InlineData("M:Legacy.Table.Find(System.UInt32,IoAsid.Typed.IoAsidSet)| Legacy.Other.Item|M:Legacy.Table.Find``1(System.UInt32)")]
    public Task Named_in_editorconfig(string methods) => new RuleTest<UntypedLookupAnalyzer>($$"""
        namespace Legacy
        {
            static class Table
            {
                public static object? Find(uint id, IoAsidSet? set) => null;
                public static object? Find<T>(uint id) => null;
                public static object? FindAll(uint id) => null;
            }
        }

        class Handler(IoAsidSet sva)
        {
            void M()
            {
                Legacy.Table.{|IOASID1002:Find|}(1, sva);
                Legacy.Table.{|IOASID1001:Find|}(1, null);
                Legacy.Table.{|IOASID1001:Find<int>|}(1);
                Legacy.Table.FindAll(1);
                UntypedLookup.{|IOASID1001:Find|}(new IoAsidSpace(), null, default, null);
            }
        }
        """)
    {
        EditorConfig = $"ioasid.untyped_lookup_methods = {methods}",
    }.RunAsync(Cancellation);

    [Theory]
    [InlineData("Table.Item")]
    [InlineData("P:Table.Item(System.UInt32)")]
    public Task Indexers_go_by_the_name_they_have_elsewhere(string name) => new RuleTest<UntypedLookupAnalyzer>("""
        class Table { public object? this[uint id] => null; public object? Items => this; }

        class Handler(Table table) { object?[] M() => [{|IOASID1001:table[1]|}, table.Items]; }
        """)
    {
        EditorConfig = $"ioasid.untyped_lookup_methods = {name}",
    }.RunAsync(Cancellation);

    [Fact]
    public Task Documentation_id_names_one_overload() => new RuleTest<UntypedLookupAnalyzer>("""
        static class Table
        {
            public static object? Find(uint id) => null;
            public static object? Find(ulong id) => null;
        }

        class Handler
        {
            object?[] M() => [Table.{|IOASID1001:Find|}(1u), Table.Find(1ul)];
        }
        """)
    {
        EditorConfig = "ioasid.untyped_lookup_methods = M:Table.Find(System.UInt32)",
    }.RunAsync(Cancellation);

    private static Task Verify(string code) => new RuleTest<UntypedLookupAnalyzer>(code).RunAsync(Cancellation);
}
