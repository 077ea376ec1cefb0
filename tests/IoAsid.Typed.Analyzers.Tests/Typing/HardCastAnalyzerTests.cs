using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.CodeFixes;
using Microsoft.CodeAnalysis.Testing;

namespace IoAsid.Typed.Analyzers.Tests.Typing;

/// <summary>IOASID1006 and its fix: the subtype of found data is tested, not asserted by a cast.</summary>
public sealed class HardCastAnalyzerTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    /// <summary>Statements beside a set, an id, a hold and a reference.</summary>
    [Theory]
    // Data from every kind of lookup.
    [InlineData("var g = ({|IOASID1006:GuestSvaBinding|})hold.Data;")]
    [InlineData("var g = ({|IOASID1006:GuestSvaBinding|})reference.Data;")]
    [InlineData("var g = ({|IOASID1006:GuestSvaBinding?|})sva.Find(id).Data;")]
    [InlineData("var g = ({|IOASID1006:GuestSvaBinding|})sva.Reader.Find(id).Data!;")]
    [InlineData("var g = ({|IOASID1006:GuestSvaBinding|})given.Data!;")]
    [InlineData("if (sva.TryFind(id, out var data)) _ = ({|IOASID1006:GuestSvaBinding|})data;")]
    [InlineData("sva.Find(id, data => (({|IOASID1006:GuestSvaBinding|})data).TryGet());")]
    [InlineData("sva.Find(id, 1, (data, users) => (({|IOASID1006:GuestSvaBinding|})data).Users == users);")]
    [InlineData("sva.Find(id, data => { var guest = ({|IOASID1006:GuestSvaBinding|})data; return guest.TryGet(); });")]
    // Data under each kind of name.
    [InlineData("var data = hold.Data; (({|IOASID1006:GuestSvaBinding|})data).Serve();")]
    [InlineData("SvaBinding data; data = hold.Data; (({|IOASID1006:GuestSvaBinding|})data).Serve();")]
    [InlineData("object data = hold.Data; (({|IOASID1006:GuestSvaBinding|})data).Serve();")]
    [InlineData("(({|IOASID1006:GuestSvaBinding|})(object)hold.Data).Serve();")]
    [InlineData("(({|IOASID1006:GuestSvaBinding|})(hold.Data)).Serve();")]
    [InlineData("if (sva.Find(id).Data is { } data) (({|IOASID1006:GuestSvaBinding|})data).Serve();")]
    [InlineData("if (reference.Data.Users == 7) (({|IOASID1006:GuestSvaBinding|})reference.Data).Serve();")]
    // A cast to each kind of narrower type.
    [InlineData("_ = ({|IOASID1006:Guest|})hold.Data;")]
    [InlineData("_ = ({|IOASID1006:IDisposable|})hold.Data;")]
    [InlineData("_ = ({|IOASID1006:Driver.GuestSvaBinding|})hold.Data;")]
    [InlineData("System.Linq.Expressions.Expression<Func<object>> e = () => ({|IOASID1006:GuestSvaBinding|})reference.Data;")]
    // Tests of the type.
    [InlineData("_ = hold.Data as GuestSvaBinding;")]
    [InlineData("_ = hold.Data is GuestSvaBinding guest && guest.TryGet();")]
    [InlineData("_ = hold.Data switch { GuestSvaBinding g => 1, _ => 2 };")]
    [InlineData("if (hold.Data is GuestSvaBinding) ((GuestSvaBinding)hold.Data).Serve();")]
    [InlineData("var data = hold.Data; if (data is GuestSvaBinding) ((GuestSvaBinding)data).Serve();")]
    [InlineData("var data = reference.Data; switch (reference.Data) { case GuestSvaBinding: ((GuestSvaBinding)data).Serve(); break; }")]
    [InlineData("if (hold.Data.GetType() == typeof(GuestSvaBinding)) ((GuestSvaBinding)hold.Data).Serve();")]
    [InlineData("var data = hold.Data; if (typeof(GuestSvaBinding) != data.GetType()) return; ((GuestSvaBinding)data).Serve();")]
    [InlineData("if (hold.Data.GetType() == typeof(NativeSvaBinding)) (({|IOASID1006:GuestSvaBinding|})hold.Data).Serve();")]
    [InlineData("if (hold.Data is NativeSvaBinding) (({|IOASID1006:GuestSvaBinding|})hold.Data).Serve();")]
    // A cast to a type that the data always has.
    [InlineData("_ = (SvaBinding)hold.Data;")]
    [InlineData("_ = (IServesFaults)hold.Data;")]
    [InlineData("_ = (object)hold.Data;")]
    [InlineData("_ = (SvaBinding)(object)hold.Data;")]
    // Data that is not from a lookup.
    [InlineData("_ = (GuestSvaBinding)other;")]
    [InlineData("_ = (GuestSvaBinding)handle.Data!;")]
    [InlineData("var data = hold.Data; data = other; _ = (GuestSvaBinding)data;")]
    [InlineData("sva.Find(id, data => { data = other; return ((GuestSvaBinding)data).TryGet(); });")]
    public Task Statements(string statements) => Verify(InHandler(statements));

    [Fact]
    public Task A_type_parameter_may_be_anything() => Verify("""
        class Handler
        {
            T? M<T>(IoAsidReader<SvaBinding> sva, RawIoAsid id) where T : SvaBinding => (T?)sva.Find(id).Data;
        }
        """);

    [Fact]
    public async Task Message() => Assert.Equal(
        "The cast of 'hold.Data' to 'GuestSvaBinding' throws when the lookup finds another 'SvaBinding'; test with 'is GuestSvaBinding', a switch or 'as', or look up through an IoAsidSet<GuestSvaBinding>",
        await Messages.OnlyAsync<HardCastAnalyzer>("class Handler { object M(IoAsidHold<SvaBinding> hold) => (GuestSvaBinding)hold.Data; }", Cancellation));

    [Theory]
    // A declaration becomes a guard.
    [InlineData(
        "var guest = ({|IOASID1006:GuestSvaBinding|})hold.Data; // mine\n        guest.Serve();",
        "if (hold.Data is not GuestSvaBinding guest)\n        {\n            throw new InvalidCastException();\n        } // mine\n        guest.Serve();")]
    // Another cast becomes a conditional expression in its place.
    [InlineData(
        "(({|IOASID1006:GuestSvaBinding|})hold.Data).Serve();",
        "(hold.Data is GuestSvaBinding guestSvaBinding ? guestSvaBinding : throw new InvalidCastException()).Serve();")]
    [InlineData(
        "SvaBinding guest = ({|IOASID1006:GuestSvaBinding|})reference.Data;",
        "SvaBinding guest = reference.Data is GuestSvaBinding guestSvaBinding ? guestSvaBinding : throw new InvalidCastException();")]
    [InlineData(
        "var guest = ({|IOASID1006:GuestSvaBinding|})reference.Data; guest = new GuestSvaBinding();",
        "if (reference.Data is not GuestSvaBinding guest)\n        {\n            throw new InvalidCastException();\n        }\n        guest = new GuestSvaBinding();")]
    [InlineData(
        "int guestSvaBinding = (({|IOASID1006:GuestSvaBinding|})/* ours */ reference.Data).Users;",
        "/* ours */\n        int guestSvaBinding = (reference.Data is GuestSvaBinding guestSvaBinding2 ? guestSvaBinding2 : throw new InvalidCastException()).Users;")]
    [InlineData(
        "int guestSvaBinding = (({|IOASID1006:GuestSvaBinding|})reference.Data).Users;",
        "int guestSvaBinding = (reference.Data is GuestSvaBinding guestSvaBinding2 ? guestSvaBinding2 : throw new InvalidCastException()).Users;")]
    // A cast to a nullable type becomes an as.
    [InlineData(
        "var guest = ({|IOASID1006:GuestSvaBinding?|})sva.Find(id).Data;",
        "var guest = sva.Find(id).Data as GuestSvaBinding;")]
    [InlineData(
        "int? users = (({|IOASID1006:GuestSvaBinding?|})sva.Find(id).Data)?.Users;",
        "int? users = (sva.Find(id).Data as GuestSvaBinding)?.Users;")]
    [InlineData(
        "_ = ({|IOASID1006:GuestSvaBinding?|})sva.Find(id).Data ?? other;",
        "_ = (sva.Find(id).Data as GuestSvaBinding) ?? other;")]
    public Task Fix(string before, string after) => new FixTest<HardCastAnalyzer, HardCastCodeFixProvider>(InHandler(before), InHandler(after)).RunAsync(Cancellation);

    /// <summary>An expression tree cannot contain a pattern.</summary>
    [Fact]
    public Task No_fix_that_would_not_compile()
    {
        string code = InHandler("System.Linq.Expressions.Expression<Func<object>> e = () => ({|IOASID1006:GuestSvaBinding|})reference.Data;");
        return new FixTest<HardCastAnalyzer, HardCastCodeFixProvider>(code, code).RunAsync(Cancellation);
    }

    [Fact]
    public Task Fix_in_code_without_annotations() => new FixTest<HardCastAnalyzer, HardCastCodeFixProvider>(
        """
        #nullable disable
        class Handler { int M(IoAsidSet<SvaBinding> sva) { var guest = ({|IOASID1006:GuestSvaBinding|})sva.Find(default).Data; return guest == null ? 0 : guest.Users; } }
        """,
        """
        #nullable disable
        class Handler { int M(IoAsidSet<SvaBinding> sva) { var guest = sva.Find(default).Data as GuestSvaBinding; return guest == null ? 0 : guest.Users; } }
        """).RunAsync(Cancellation);

    private static string InHandler(string statements) => $$"""
        using Guest = Driver.GuestSvaBinding;
        class Handler
        {
            void M(IoAsidSet<SvaBinding> sva, RawIoAsid id, IoAsidReference<SvaBinding> reference, IoAsidHandle<SvaBinding> handle, IoAsidLookup<SvaBinding> given, SvaBinding other)
            {
                using IoAsidHold<SvaBinding> hold = sva.Hold(id);
                {{statements}}
            }
        }
        """;

    private static Task Verify(string code) => new RuleTest<HardCastAnalyzer>(code) { CompilerDiagnostics = CompilerDiagnostics.Errors }.RunAsync(Cancellation);
}
