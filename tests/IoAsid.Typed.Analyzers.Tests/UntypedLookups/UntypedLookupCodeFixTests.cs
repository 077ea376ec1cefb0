using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.CodeFixes;
using Microsoft.CodeAnalysis.Testing;

namespace IoAsid.Typed.Analyzers.Tests.UntypedLookups;

/// <summary>The typed lookup that replaces an untyped lookup, and the choice of its set.</summary>
public sealed class UntypedLookupCodeFixTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    /// <summary>One set in scope fits: statements before and after.</summary>
    [Theory]
    // Cast and as.
    [InlineData("var b = (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, null);", "var b = sva.Find(id).Data;")]
    [InlineData("var b = UntypedLookup.{|IOASID1001:Find|}(space, null, id, null) as SvaBinding;", "var b = sva.Find(id).Data;")]
    [InlineData("((SvaBinding)UntypedLookup.{|IOASID1001:Find|}(space, null, id, null)!).Serve();", "sva.Find(id).Data!.Serve();")]
    [InlineData("((SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, null))?.Serve();", "sva.Find(id).Data?.Serve();")]
    [InlineData("(UntypedLookup.{|IOASID1001:Find|}(space, null, id, null) as SvaBinding)?.Serve();", "sva.Find(id).Data?.Serve();")]
    [InlineData("SvaBinding? b = (SvaBinding?)UntypedLookup.{|IOASID1002:Find|}(space, sva, id, null);", "SvaBinding? b = sva.Find(id).Data;")]
    [InlineData("SvaBinding? b = (SvaBinding?)UntypedLookup.{|IOASID1002:Find|}(space, (IoAsidSet)sva, id, null);", "SvaBinding? b = sva.Find(id).Data;")]
    [InlineData("IoAsidSet<SvaBinding>? vm = sva; vm = null; var b = (SvaBinding?)UntypedLookup.{|IOASID1002:Find|}(space, vm!, id, null);", "IoAsidSet<SvaBinding>? vm = sva; vm = null; var b = vm!.Find(id).Data;")]
    [InlineData("var b = (SvaBinding?)UntypedLookup.{|IOASID1002:Find|}(space, (space is null ? sva : sva), id, null);", "var b = (space is null ? sva : sva).Find(id).Data;")]
    [InlineData("var b = (SvaBinding?)UntypedLookup.{|IOASID1002:Find|}(space, space.CreateSet<SvaBinding>(\"other\"), id, null);", "var b = space.CreateSet<SvaBinding>(\"other\").Find(id).Data;")]
    [InlineData("SvaBinding b = (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, null) ?? throw new InvalidOperationException();", "SvaBinding b = sva.Find(id).Data ?? throw new InvalidOperationException();")]
    // A subtype is tested after the lookup.
    [InlineData("var b = UntypedLookup.{|IOASID1001:Find|}(space, null, id, null) as GuestSvaBinding;", "var b = sva.Find(id).Data as GuestSvaBinding;")]
    [InlineData("if (UntypedLookup.{|IOASID1001:Find|}(space, null, id, null) is GuestSvaBinding { Users: > 0 } b) b.Serve();", "if (sva.Find(id).Data is GuestSvaBinding { Users: > 0 } b) b.Serve();")]
    [InlineData("_ = UntypedLookup.{|IOASID1001:Find|}(space, null, id, null) switch { NativeSvaBinding => 1, GuestSvaBinding => 2, _ => 0 };", "_ = sva.Find(id).Data switch { NativeSvaBinding => 1, GuestSvaBinding => 2, _ => 0 };")]
    // Patterns.
    [InlineData("if (UntypedLookup.{|IOASID1001:Find|}(space, null, id, null) is SvaBinding b) b.Serve();", "if (sva.TryFind(id, out SvaBinding? b)) b.Serve();")]
    [InlineData("if (UntypedLookup.{|IOASID1001:Find|}(space, null, id, null) is not SvaBinding b) return; b.Serve();", "if (!sva.TryFind(id, out SvaBinding? b)) return; b.Serve();")]
    [InlineData("while ((UntypedLookup.{|IOASID1001:Find|}(space, null, id, null) is SvaBinding b) && b.TryGet()) b.Serve();", "while (sva.TryFind(id, out SvaBinding? b) && b.TryGet()) b.Serve();")]
    [InlineData("_ = UntypedLookup.{|IOASID1001:Find|}(space, null, id, null) is SvaBinding;", "_ = sva.Find(id).Data is SvaBinding;")]
    // The lookup is assigned to a variable.
    [InlineData("object? data = UntypedLookup.{|IOASID1001:Find|}(space, null, id, null); if (data is SvaBinding b) b.Serve();", "object? data = sva.Find(id).Data; if (data is SvaBinding b) b.Serve();")]
    [InlineData("var data = UntypedLookup.{|IOASID1001:Find|}(space, null, id, null); (data as SvaBinding)?.Serve();", "var data = sva.Find(id).Data; (data as SvaBinding)?.Serve();")]
    // Getters.
    [InlineData("var b = (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, data => data is SvaBinding s && s.TryGet());", "var b = sva.Find(id, data => data is SvaBinding s && s.TryGet()).Data;")]
    [InlineData("Func<object?, bool> getter = _ => true; var b = (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, getter);", "Func<object?, bool> getter = _ => true; var b = sva.Find(id, getter).Data;")]
    [InlineData("if (UntypedLookup.{|IOASID1001:Find|}(space, null, id, Check) is SvaBinding b) b.Serve(); static bool Check(object? data) => true;", "if (sva.Find(id, Check).Data is SvaBinding b) b.Serve(); static bool Check(object? data) => true;")]
    [InlineData("UntypedLookup.{|IOASID1002:Find|}(space, sva, id, data => data is not null);", "sva.Find(id, data => data is not null);")]
    // Argument forms.
    [InlineData("var b = (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(getter: null, set: null, id: id, space: space);", "var b = sva.Find(id).Data;")]
    [InlineData("var b = (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, new RawIoAsid(7), null);", "var b = sva.Find(new RawIoAsid(7)).Data;")]
    // Lambdas.
    [InlineData("Func<SvaBinding?> f = () => (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, null);", "Func<SvaBinding?> f = () => sva.Find(id).Data;")]
    [InlineData("Action f = () => UntypedLookup.{|IOASID1002:Find|}(space, sva, id, null);", "Action f = () => sva.Find(id);")]
    // One lookup in another's getter.
    [InlineData("var b = (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, d => UntypedLookup.{|IOASID1001:Find|}(space, null, id, null) as SvaBinding == d);", "var b = sva.Find(id, d => sva.Find(id).Data == d).Data;")]
    public Task Certain(string before, string after) => Fix(InHandler(before), InHandler(after));

    [Theory]
    [InlineData("(SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, null)", "GuestSvaBinding")]
    [InlineData("(SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, null)", "object")]
    [InlineData("UntypedLookup.{|IOASID1001:Find|}(space, null, id, null) is SvaBinding", "AuxiliaryDomain")]
    public Task No_fix_where_no_set_fits(string lookup, string data) => Unfixed($$"""
        class Handler(IoAsidSpace space, IoAsidSet<{{data}}> set)
        {
            object? M(RawIoAsid id) => {{lookup}};
        }
        """);

    /// <summary>A fix is not offered if its result would not compile, or if the mapping is uncertain.</summary>
    [Theory]
    [InlineData("late", "var b = (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, null); IoAsidSet<SvaBinding> sva = space.CreateSet<SvaBinding>(\"sva\");")]
    [InlineData("unassigned", "IoAsidSet<SvaBinding> sva; var b = (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, null);")]
    [InlineData("maybe null", "IoAsidSet<SvaBinding>? sva = Maybe(); var b = (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, null);")]
    [InlineData("static lambda", "var sva = space.CreateSet<SvaBinding>(\"sva\"); Func<IoAsidSpace, SvaBinding?> f = static s => (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(s, null, default, null);")]
    [InlineData("getter of another type", "var sva = space.CreateSet<SvaBinding>(\"sva\"); var b = (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, (object? data) => true);")]
    [InlineData("getter that can't be asked", "var sva = space.CreateSet<SvaBinding>(\"sva\"); var b = (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, data => data is AuxiliaryDomain);")]
    [InlineData("getter that may be null", "var sva = space.CreateSet<SvaBinding>(\"sva\"); Func<object?, bool>? getter = space is null ? null : d => true; var b = (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space!, null, id, getter);")]
    [InlineData("dropped side effect", "var sva = space.CreateSet<SvaBinding>(\"sva\"); var b = (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(Open(), null, id, null);")]
    [InlineData("expected type unknown", "var sva = space.CreateSet<SvaBinding>(\"sva\"); var b = UntypedLookup.{|IOASID1001:Find|}(space, null, id, null);")]
    [InlineData("two expected types", "var sva = space.CreateSet<SvaBinding>(\"sva\"); _ = UntypedLookup.{|IOASID1001:Find|}(space, null, id, null) is SvaBinding or AuxiliaryDomain;")]
    [InlineData("method group", "var sva = space.CreateSet<SvaBinding>(\"sva\"); var find = UntypedLookup.{|IOASID1001:Find|};")]
    public Task No_fix_where_it_is_not_certain_to_compile(string reason, string statements) => Unfixed($$"""
        class Handler
        {
            // {{reason}}
            static void M(IoAsidSpace space, RawIoAsid id)
            {
                {{statements}}
            }

            static IoAsidSet<SvaBinding>? Maybe() => null;

            static IoAsidSpace Open() => new();
        }
        """);

    [Fact]
    public Task Instance_members_are_out_of_reach_of_static_code_and_nested_types() => Unfixed("""
        class Handler(IoAsidSpace space)
        {
            readonly IoAsidSet<SvaBinding> sva = space.CreateSet<SvaBinding>("sva");

            static SvaBinding? Static(IoAsidSpace s, RawIoAsid id) => (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(s, null, id, null);

            class Nested
            {
                SvaBinding? M(IoAsidSpace s, RawIoAsid id) => (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(s, null, id, null);
            }

            object Sva => sva;
        }
        """);

    /// <summary>The places in which the fix finds the only suitable set or reader.</summary>
    [Theory]
    [InlineData("class Handler(IoAsidSet<SvaBinding> sva) { ", "sva")]
    [InlineData("class Handler { readonly IoAsidSet<SvaBinding> _sva = null!; ", "_sva")]
    [InlineData("class Handler { static IoAsidSet<SvaBinding> Sva { get; } = null!; ", "Sva")]
    [InlineData("class Handler { readonly IoAsidSet<SvaBinding> _sva = null!; public IoAsidSet<SvaBinding> Sva => _sva; ", "_sva")]
    [InlineData("class Handler(IoAsidSet<SvaBinding> sva) { readonly IoAsidSet<SvaBinding> _sva = sva; ", "_sva")]
    [InlineData("class Handler(IoAsidReader<SvaBinding> reader) { ", "reader")]
    [InlineData("class Handler { readonly IoAsidReader<SvaBinding> @in; public Handler(IoAsidReader<SvaBinding> r) => @in = r; ", "@in")]
    [InlineData("class Base { protected readonly IoAsidSet<SvaBinding> Sva = null!; } class Handler : Base { ", "Sva")]
    [InlineData("class Outer { static readonly IoAsidSet<SvaBinding> Sva = null!; class Handler { ", "Sva", "}")]
    [InlineData("class Handler<T>(IoAsidReader<SvaBinding> sva, IoAsidSet<T> other) where T : class { object Other => other; ", "sva")]
    public Task Set_in_scope(string head, string set, string tail = "")
    {
        return Fix(With("(SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, null)"), With($"{set}.Find(id).Data"));

        string With(string lookup) => $$"""
            {{head}}
                SvaBinding? M(IoAsidSpace space, RawIoAsid id) => {{lookup}};
            } {{tail}}
            """;
    }

    [Theory]
    [InlineData(0, "sva")]
    [InlineData(1, "root")]
    [InlineData(2, "reader")]
    public async Task Several_sets_fit_and_the_user_chooses(int index, string set)
    {
        string before = Several("(SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, null)");
        await new FixTest<UntypedLookupAnalyzer, UntypedLookupCodeFixProvider>(before, Several($"{set}.Find(id).Data"))
        {
            CodeActionIndex = index,
            CodeActionEquivalenceKey = $"{UntypedLookupCodeFixProvider.CertainKey}:{set}",
            CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllCheck,
        }.RunAsync(Cancellation);
    }

    private static string Several(string lookup) => $$"""
        class Handler(IoAsidSpace space)
        {
            SvaBinding? M(IoAsidSet<SvaBinding> sva, IoAsidSet<SvaBinding> root, IoAsidReader<SvaBinding> reader, RawIoAsid id) => {{lookup}};

            object Space => space;
        }
        """;

    [Fact]
    public async Task Exact_sets_come_before_sets_of_a_base()
    {
        string before = Two("(GuestSvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, null)");
        await new FixTest<UntypedLookupAnalyzer, UntypedLookupCodeFixProvider>(before, Two("vm.Find(id).Data"))
        {
            CodeActionIndex = 0,
            CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllCheck,
        }.RunAsync(Cancellation);
        await new FixTest<UntypedLookupAnalyzer, UntypedLookupCodeFixProvider>(before, Two("(GuestSvaBinding?)root.Find(id).Data"))
        {
            CodeActionIndex = 1,
            CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllCheck,
        }.RunAsync(Cancellation);

        static string Two(string lookup) => $$"""
            class Handler
            {
                GuestSvaBinding? M(IoAsidSpace space, IoAsidSet<SvaBinding> root, IoAsidSet<GuestSvaBinding> vm, RawIoAsid id) => {{lookup}};
            }
            """;
    }

    /// <summary>A set of unknown data type stands for an owner. The user must choose another set in its place, even if only one is suitable.</summary>
    [Theory]
    [InlineData("IoAsidSet", "IOASID1002")]
    [InlineData("IoAsidSet?", "IOASID1001")]
    public Task Named_owner_is_not_replaced_by_FixAll(string type, string id)
    {
        string before = Owned($"(SvaBinding?)UntypedLookup.{{|{id}:Find|}}(space, owner, id, null)");
        return new FixTest<UntypedLookupAnalyzer, UntypedLookupCodeFixProvider>(before, Owned("sva.Find(id).Data"))
        {
            CodeActionEquivalenceKey = $"{UntypedLookupCodeFixProvider.CertainKey}:sva",
            CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllCheck,
        }.RunAsync(Cancellation);

        string Owned(string lookup) => $$"""
            class Handler
            {
                SvaBinding? M(IoAsidSpace space, {{type}} owner, IoAsidSet<SvaBinding> sva, RawIoAsid id) => {{lookup}};
            }
            """;
    }

    /// <summary>
    /// FixAll repairs the lookups with one suitable set and leaves those with a choice, in any order and from any action. One by
    /// one, the first choice is applied.
    /// </summary>
    [Theory]
    [InlineData(CodeFixTestBehaviors.None)]
    [InlineData(CodeFixTestBehaviors.SkipFixAllInDocumentCheck, "Second", "Third")]
    public Task FixAll_in_document_project_and_solution_never_chooses(CodeFixTestBehaviors skipped, params string[] moreDocuments)
    {
        FixTest<UntypedLookupAnalyzer, UntypedLookupCodeFixProvider> test = new(Before("First"), OneByOne("First"))
        {
            FixAllCode = ByFixAll("First"),
            CodeFixTestBehaviors = skipped,
            NumberOfIncrementalIterations = 4 * (1 + moreDocuments.Length),
            NumberOfFixAllIterations = 2,
        };
        foreach (string name in moreDocuments)
        {
            test.TestState.Sources.Add(Before(name));
            test.FixedState.Sources.Add(OneByOne(name));
            test.BatchFixedState.Sources.Add(ByFixAll(name));
        }

        return test.RunAsync(Cancellation);

        static string Before(string name) => Handler(
            name,
            "(AuxiliaryDomain?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, null)",
            "UntypedLookup.{|IOASID1001:Find|}(space, owner, id, null) as SvaBinding",
            "(SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, d => UntypedLookup.{|IOASID1001:Find|}(space, null, id, null) as SvaBinding == d)");

        static string OneByOne(string name) => Handler(
            name,
            "aux.Find(id).Data",
            "sva.Find(id).Data",
            "sva.Find(id, d => sva.Find(id).Data == d).Data");

        static string ByFixAll(string name) => Handler(
            name,
            "(AuxiliaryDomain?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, null)",
            "UntypedLookup.{|IOASID1001:Find|}(space, owner, id, null) as SvaBinding",
            "sva.Find(id, d => sva.Find(id).Data == d).Data");

        static string Handler(string name, string several, string owned, string certain) => $$"""
            class {{name}}(IoAsidSpace space, IoAsidSet<SvaBinding> sva)
            {
                object? Several(IoAsidSet<AuxiliaryDomain> aux, IoAsidSet<AuxiliaryDomain> vm, RawIoAsid id) => {{several}};

                object? Owned(IoAsidSet? owner, RawIoAsid id) => {{owned}};

                object? Certain(RawIoAsid id) => {{certain}};

                object? Unknown(RawIoAsid id) => UntypedLookup.{|IOASID1001:Find|}(space, null, id, null);
            }
            """;
    }

    [Fact]
    public Task Comments_and_layout_stay() => Fix(
        """
        class Handler(IoAsidSpace space, IoAsidSet<SvaBinding> sva)
        {
            // before
            SvaBinding? M(RawIoAsid id)
            {
                // what it is
                var b = /* cast */ (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(
                    space,
                    null, // any set will do
                    id /* from the queue */,
                    data => data is /* inside */ not null); // after

                return b;
            }

            object Space => space;
        }
        """,
        """
        class Handler(IoAsidSpace space, IoAsidSet<SvaBinding> sva)
        {
            // before
            SvaBinding? M(RawIoAsid id)
            {
                // what it is
                // any set will do
                /* from the queue */
                var b = /* cast */ sva.Find(id, data => data is /* inside */ not null).Data; // after

                return b;
            }

            object Space => space;
        }
        """);

    [Fact]
    public Task Nullable_off_gets_no_question_marks() => Fix(
        """
        #nullable disable
        class Handler
        {
            void M(IoAsidSpace space, IoAsidSet<SvaBinding> sva, RawIoAsid id)
            {
                if (UntypedLookup.{|IOASID1001:Find|}(space, null, id, null) is SvaBinding b)
                    b.Serve();
                var c = (SvaBinding)UntypedLookup.{|IOASID1001:Find|}(space, null, id, null);
                c.Serve();
            }
        }
        """,
        """
        #nullable disable
        class Handler
        {
            void M(IoAsidSpace space, IoAsidSet<SvaBinding> sva, RawIoAsid id)
            {
                if (sva.TryFind(id, out SvaBinding b))
                    b.Serve();
                var c = sva.Find(id).Data;
                c.Serve();
            }
        }
        """);

    [Fact]
    public Task Using_of_the_Migration_namespace_goes_with_the_last_use() => Fix(
        """
        // Page requests.
        using Old = IoAsid.Typed.Migration;
        using IoAsid.Typed.Migration;

        namespace Requests;

        class Handler(IoAsidSpace space, IoAsidSet<SvaBinding> sva)
        {
            SvaBinding? M(RawIoAsid id) => (SvaBinding?)UntypedLookup.{|IOASID1001:Find|}(space, null, id, null);

            object Space => space;
        }
        """,
        """
        // Page requests.

        namespace Requests;

        class Handler(IoAsidSpace space, IoAsidSet<SvaBinding> sva)
        {
            SvaBinding? M(RawIoAsid id) => sva.Find(id).Data;

            object Space => space;
        }
        """);

    /// <summary>A user's own wrapper: the fix maps an id and a getter, and no other argument.</summary>
    [Theory]
    [InlineData("object? Find(uint id)", "(SvaBinding?)table.{|IOASID1001:Find|}(7)", "sva.Find(new RawIoAsid(7)).Data")]
    [InlineData("object? Find(int id)", "(SvaBinding?)table.{|IOASID1001:Find|}(7)", "sva.Find(new RawIoAsid(7)).Data")]
    [InlineData("object? Find(in RawIoAsid id)", "table.{|IOASID1001:Find|}(new RawIoAsid(7)) as SvaBinding", "sva.Find(new RawIoAsid(7)).Data")]
    [InlineData("T? Find<T>(RawIoAsid id) where T : class", "table.{|IOASID1001:Find<SvaBinding>|}(new RawIoAsid(7))", "sva.Find(new RawIoAsid(7)).Data")]
    [InlineData("T? Find<T>(RawIoAsid id) where T : class", "(SvaBinding?)(IServesFaults?)table.{|IOASID1001:Find<SvaBinding>|}(new RawIoAsid(7))", "(SvaBinding?)sva.Find(new RawIoAsid(7)).Data")]
    [InlineData("IServesFaults? Find(RawIoAsid id)", "table.{|IOASID1001:Find|}(new RawIoAsid(7)) as SvaBinding", "sva.Find(new RawIoAsid(7)).Data")]
    [InlineData("dynamic? Find(RawIoAsid id)", "table.{|IOASID1001:Find|}(new RawIoAsid(7))", "sva.Find(new RawIoAsid(7)).Data")]
    [InlineData("object? this[RawIoAsid id]", "{|IOASID1001:table[new RawIoAsid(7)]|} as SvaBinding", "sva.Find(new RawIoAsid(7)).Data")]
    [InlineData("object? Find(uint id, bool quiet)", "(SvaBinding?)table.{|IOASID1001:Find|}(7, true)", null)]
    [InlineData("object? Find(uint id, uint flags)", "(SvaBinding?)table.{|IOASID1001:Find|}(7, 0)", null)]
    [InlineData("object? Find(long id)", "(SvaBinding?)table.{|IOASID1001:Find|}(-1)", null)]
    [InlineData("object? Find(RawIoAsid id = default)", "(SvaBinding?)table.{|IOASID1001:Find|}()", null)]
    [InlineData("object? Find(params uint[] ids)", "(SvaBinding?)table.{|IOASID1001:Find|}(7)", null)]
    [InlineData("object? Find(RawIoAsid id)", "(SvaBinding?)Open().{|IOASID1001:Find|}(default)", null)]
    [InlineData("object? Find(RawIoAsid id)", "(SvaBinding?)(table?.{|IOASID1001:Find|}(default))", null)]
    public Task Wrapper(string signature, string lookup, string? after)
    {
        return after is null ? Unfixed(With(lookup)) : Fix(With(lookup), With(after));

        string With(string expression) => $$"""
            interface ITable
            {
                [UntypedIoAsidLookup]
                {{(signature.Contains('[') && signature.Contains("this") ? signature + " { get; }" : signature + ";")}}
            }

            class Handler(IoAsidSet<SvaBinding> sva)
            {
                SvaBinding? M(ITable table) => {{expression}};

                static ITable Open() => null!;

                object Sva => sva;
            }
            """;
    }

    [Fact]
    public Task Top_level_statements()
    {
        FixTest<UntypedLookupAnalyzer, UntypedLookupCodeFixProvider> test = new(
            """
            IoAsidSpace space = new();
            IoAsidSet<SvaBinding> sva = space.CreateSet<SvaBinding>("sva");
            if (UntypedLookup.{|IOASID1001:Find|}(space, null, new RawIoAsid(1), null) is SvaBinding b)
                b.Serve();
            """,
            """
            IoAsidSpace space = new();
            IoAsidSet<SvaBinding> sva = space.CreateSet<SvaBinding>("sva");
            if (sva.TryFind(new RawIoAsid(1), out SvaBinding? b))
                b.Serve();
            """);
        test.TestState.OutputKind = Microsoft.CodeAnalysis.OutputKind.ConsoleApplication;
        return test.RunAsync(Cancellation);
    }

    /// <summary>A wrapper often has its set in a static field of the same type.</summary>
    [Fact]
    public Task Static_set_of_the_wrappers_class() => Fix(StaticTable("Table.{|IOASID1001:Find|}(id) as SvaBinding"), StaticTable("Table.Bindings.Find(id).Data"));

    [Fact]
    public Task Private_set_of_the_wrappers_class_is_no_candidate() => Unfixed(
        StaticTable("Table.{|IOASID1001:Find|}(id) as SvaBinding").Replace("internal static readonly IoAsidSet<SvaBinding>", "static readonly IoAsidSet<SvaBinding>", StringComparison.Ordinal));

    private static string StaticTable(string expression) => $$"""
        namespace Vendor
        {
            static class Table
            {
                static readonly IoAsidSpace space = new();
                internal static readonly IoAsidSet<SvaBinding> Bindings = space.CreateSet<SvaBinding>("bindings");
                static readonly IoAsidSet<AuxiliaryDomain> domains = space.CreateSet<AuxiliaryDomain>("domains");

                [UntypedIoAsidLookup]
                public static object? Find(RawIoAsid id) => Bindings.Contains(id) ? Bindings.Find(id).Data : domains.Find(id).Data;
            }
        }

        namespace Handlers
        {
            using Vendor;

            class Handler { SvaBinding? M(RawIoAsid id) => {{expression}}; }
        }
        """;

    private static string InHandler(string statements) => $$"""
        class Handler
        {
            void M(IoAsidSpace space, IoAsidSet<SvaBinding> sva, IoAsidSet<AuxiliaryDomain> aux, RawIoAsid id)
            {
                {{statements}}
            }
        }
        """;

    private static Task Unfixed(string code) => Fix(code, code);

    private static Task Fix(string before, string after) =>
        new FixTest<UntypedLookupAnalyzer, UntypedLookupCodeFixProvider>(before, after).RunAsync(Cancellation);
}
