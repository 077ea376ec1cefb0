using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.CodeFixes;
using Microsoft.CodeAnalysis.Testing;

namespace IoAsid.Typed.Analyzers.Tests.Typing;

/// <summary>IOASID1007 and its fix: a test for a set of a base type misses the sets of its subtypes.</summary>
public sealed class ExactSetTestAnalyzerTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    /// <summary>Statements beside sets.</summary>
    [Theory]
    // Each spelling of the test.
    [InlineData("_ = set is {|IOASID1007:IoAsidSet<SvaBinding>|};")]
    [InlineData("_ = set is {|IOASID1007:IoAsidSet<SvaBinding>|} sva && sva.Contains(id);")]
    [InlineData("_ = set is not {|IOASID1007:IoAsidSet<SvaBinding>|};")]
    [InlineData("_ = set is {|IOASID1007:IoAsidSet<SvaBinding>|} { Name: \"sva\" };")]
    [InlineData("_ = set is {|IOASID1007:IoAsidSet<SvaBinding>|} or {|IOASID1007:IoAsidSet<Inherited>|};")]
    [InlineData("_ = set as {|IOASID1007:IoAsidSet<SvaBinding>|};")]
    [InlineData("_ = ({|IOASID1007:IoAsidSet<SvaBinding>|})set;")]
    [InlineData("_ = ({|IOASID1007:IoAsidSet<SvaBinding>|})(IoAsidSet)vm;")]
    [InlineData("_ = (object)set as {|IOASID1007:IoAsidSet<SvaBinding>|};")]
    [InlineData("_ = set.Parent is {|IOASID1007:IoAsidSet<SvaBinding>|};")]
    [InlineData("_ = set is {|IOASID1007:Sva|};")]
    [InlineData("_ = set is {|IOASID1007:IoAsid.Typed.IoAsidSet<Driver.SvaBinding>|};")]
    [InlineData("_ = set switch { {|IOASID1007:IoAsidSet<SvaBinding>|} sva => 1, _ => 2 };")]
    [InlineData("switch (set) { case {|IOASID1007:IoAsidSet<SvaBinding>|}: break; }")]
    [InlineData("Func<IoAsidSet, bool> f = s => s is {|IOASID1007:IoAsidSet<SvaBinding>|};")]
    [InlineData("System.Linq.Expressions.Expression<Func<IoAsidSet, bool>> f = s => s is {|IOASID1007:IoAsidSet<SvaBinding>|};")]
    // Only data types that may have subtypes.
    [InlineData("_ = set is {|IOASID1007:IoAsidSet<IServesFaults>|};")]
    [InlineData("_ = set is {|IOASID1007:IoAsidSet<object>|};")]
    [InlineData("_ = set is {|IOASID1007:IoAsidSet<Inherited>|};")]
    [InlineData("_ = set is IoAsidSet<GuestSvaBinding>;")]
    [InlineData("_ = set is IoAsidSet<AuxiliaryDomain>;")]
    [InlineData("_ = set is IoAsidSet<Alone>;")]
    // The exact type is needed, or known.
    [InlineData("if (set is IoAsidSet<SvaBinding> sva) sva.Allocate();")]
    [InlineData("if (set is not IoAsidSet<SvaBinding> sva) return; sva.TryGetHandle(id, out _); sva.Find(id);")]
    [InlineData("((IoAsidSet<SvaBinding>)set).Close();")]
    [InlineData("(set as IoAsidSet<SvaBinding>)?.FreeAll();")]
    [InlineData("var sva = (IoAsidSet<SvaBinding>)set; sva.CreateSubset<GuestSvaBinding>(\"vm\");")]
    [InlineData("_ = (IoAsidSet<SvaBinding>)(IoAsidSet)exact;")]
    // Sets of subtypes have an arm of their own.
    [InlineData("_ = set switch { IoAsidSet<GuestSvaBinding> => 1, IoAsidSet<NativeSvaBinding> => 2, IoAsidSet<SvaBinding> => 3, _ => 4 };")]
    [InlineData("switch (set) { case IoAsidSet<GuestSvaBinding> vm1: break; case IoAsidSet<SvaBinding> sva: break; }")]
    // No test of a set.
    [InlineData("_ = (object)id is IoAsidSet<SvaBinding>;")]
    [InlineData("_ = exact is IoAsidSet<SvaBinding>;")]
    [InlineData("_ = typeof(IoAsidSet<SvaBinding>) == set.GetType();")]
    [InlineData("IoAsidSet widened = vm; _ = (IoAsidSet)vm;")]
    public Task Statements(string statements) => Verify(InHandler(statements));

    [Fact]
    public Task A_type_parameter_may_be_sealed() => Verify("""
        class Handler<T> where T : SvaBinding
        {
            bool M(IoAsidSet set) => set is IoAsidSet<T>;
        }
        """);

    [Fact]
    public async Task Message() => Assert.Equal(
        "'IoAsidSet<SvaBinding>' matches no set whose data was narrowed to a subtype of 'SvaBinding'; read any of them with 'IoAsidReader<SvaBinding>.TryOf'",
        await Messages.OnlyAsync<ExactSetTestAnalyzer>("class Handler { bool M(IoAsidSet set) => set is IoAsidSet<SvaBinding>; }", Cancellation));

    [Theory]
    [InlineData("if (set is {|IOASID1007:IoAsidSet<SvaBinding>|} sva) _ = sva.Find(id);", "if (IoAsidReader<SvaBinding>.TryOf(set, out IoAsidReader<SvaBinding> sva)) _ = sva.Find(id);")]
    [InlineData("if (set is not {|IOASID1007:IoAsidSet<SvaBinding>|} sva) return; _ = sva.Find(id);", "if (!IoAsidReader<SvaBinding>.TryOf(set, out IoAsidReader<SvaBinding> sva)) return; _ = sva.Find(id);")]
    [InlineData("bool b = set.Parent is {|IOASID1007:IoAsidSet<SvaBinding>|}; // ours", "bool b = IoAsidReader<SvaBinding>.TryOf(set.Parent, out _); // ours")]
    [InlineData("_ = set is {|IOASID1007:Sva|} && set is {|IOASID1007:IoAsidSet<IServesFaults>|};", "_ = IoAsidReader<SvaBinding>.TryOf(set, out _) && IoAsidReader<IServesFaults>.TryOf(set, out _);")]
    [InlineData("_ = (({|IOASID1007:IoAsidSet<SvaBinding>|})(IoAsidSet)vm).Find(id);", "_ = (IoAsidReader<SvaBinding>.Of(vm)).Find(id);")]
    [InlineData("var sva = ({|IOASID1007:IoAsidSet<SvaBinding>|})(object)vm; _ = sva.Find(id);", "var sva = IoAsidReader<SvaBinding>.Of(vm); _ = sva.Find(id);")]
    public Task Fix(string before, string after) => new FixTest<ExactSetTestAnalyzer, ExactSetTestCodeFixProvider>(InHandler(before), InHandler(after)).RunAsync(Cancellation);

    /// <summary>A fix is not offered if a set is needed, or if the test is part of a larger pattern.</summary>
    [Theory]
    [InlineData("if (set is {|IOASID1007:IoAsidSet<SvaBinding>|} sva) Keep(sva); void Keep(IoAsidSet<SvaBinding> kept) { }")]
    [InlineData("_ = set is {|IOASID1007:IoAsidSet<SvaBinding>|} { Name: \"sva\" };")]
    [InlineData("_ = set as {|IOASID1007:IoAsidSet<SvaBinding>|};")]
    [InlineData("_ = set switch { {|IOASID1007:IoAsidSet<SvaBinding>|} sva => 1, _ => 2 };")]
    public Task No_fix(string statements) =>
        new FixTest<ExactSetTestAnalyzer, ExactSetTestCodeFixProvider>(InHandler(statements), InHandler(statements)).RunAsync(Cancellation);

    private static string InHandler(string statements) => $$"""
        using Sva = IoAsid.Typed.IoAsidSet<Driver.SvaBinding>;
        class Inherited;
        sealed class Inheriting : Inherited;
        class Alone;
        class Handler
        {
            void M(IoAsidSet set, IoAsidSet<GuestSvaBinding> vm, IoAsidSet<SvaBinding> exact, RawIoAsid id)
            {
                {{statements}}
            }
        }
        """;

    private static Task Verify(string code) => new RuleTest<ExactSetTestAnalyzer>(code) { CompilerDiagnostics = CompilerDiagnostics.Errors }.RunAsync(Cancellation);
}
