using IoAsid.Typed.Analyzers.Tests.Verification;

namespace IoAsid.Typed.Analyzers.Tests.Boundaries;

/// <summary>IOASID3002: a default handle or reader is not used as if it had an id or a set.</summary>
public sealed class DeadDefaultAnalyzerTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    /// <summary>Statements beside a set, an id and data.</summary>
    [Theory]
    // The default expression itself.
    [InlineData("_ = {|IOASID3002:default(IoAsidHandle<SvaBinding>)|}.Free();")]
    [InlineData("_ = ({|IOASID3002:default(IoAsidHandle<SvaBinding>)|}).Id;")]
    [InlineData("_ = {|IOASID3002:default(IoAsidReader<SvaBinding>)|}.Find(id);")]
    [InlineData("await {|IOASID3002:default(IoAsidHandle<SvaBinding>)|}.FreeAsync();")]
    [InlineData("Action free = () => {|IOASID3002:default(IoAsidHandle<SvaBinding>)|}.Free();")]
    [InlineData("Func<IoAsidFreeResult> free = {|IOASID3002:default(IoAsidHandle<SvaBinding>)|}.Free;")]
    [InlineData("System.Linq.Expressions.Expression<Func<IoAsidFreeResult>> free = () => {|IOASID3002:default(IoAsidHandle<SvaBinding>)|}.Free();")]
    // A local without another value.
    [InlineData("IoAsidHandle<SvaBinding> h = default; {|IOASID3002:h|}.SetData(data);")]
    [InlineData("var h = default(IoAsidHandle<SvaBinding>); {|IOASID3002:h|}.SetData(data); _ = {|IOASID3002:h|}.Data;")]
    [InlineData("IoAsidHandle<SvaBinding> h; h = default; if (data is null) h = default(IoAsidHandle<SvaBinding>); {|IOASID3002:h|}.Free();")]
    [InlineData("IoAsidReader<SvaBinding> r = default; while (true) { using var hold = {|IOASID3002:r|}.Hold(id); }")]
    [InlineData("IoAsidHandle<SvaBinding> h = default; void Local() => {|IOASID3002:h|}.Free(); Local();")]
    // The out value of a failed Try call.
    [InlineData("if (!set.TryAllocate(data, out var h, out _)) {|IOASID3002:h|}.Free();")]
    [InlineData("if (!set.TryGetHandle(id, out IoAsidHandle<SvaBinding> h)) { Console.WriteLine({|IOASID3002:h|}.Id); return; } h.Free();")]
    [InlineData("if (set.TryGetHandle(id, out var h)) h.Free(); else {|IOASID3002:h|}.Free();")]
    [InlineData("IoAsidHandle<SvaBinding> h; _ = set.TryGetHandle(id, out h) ? h.Id : {|IOASID3002:h|}.Id;")]
    // Members that a default value supports.
    [InlineData("_ = default(IoAsidHandle<SvaBinding>).ToString() + default(IoAsidHandle<SvaBinding>).GetHashCode();")]
    [InlineData("_ = default(IoAsidHandle<SvaBinding>).Equals(set.Allocate());")]
    [InlineData("_ = set.Allocate() == default;")]
    [InlineData("_ = set.Allocate().Equals(default);")]
    // A local that may have another value.
    [InlineData("IoAsidHandle<SvaBinding> h = default; h = set.Allocate(); h.Free();")]
    [InlineData("IoAsidHandle<SvaBinding> h = default; if (data is not null) h = set.Allocate(); h.Free();")]
    [InlineData("IoAsidHandle<SvaBinding> h = default; set.TryGetHandle(id, out h); h.Free();")]
    [InlineData("IoAsidHandle<SvaBinding> h = default; Fill(ref h); h.Free(); static void Fill(ref IoAsidHandle<SvaBinding> h) { }")]
    [InlineData("IoAsidHandle<SvaBinding> h = default; (h, _) = (set.Allocate(), 1); h.Free();")]
    [InlineData("IoAsidHandle<SvaBinding> h = default; ref var r = ref h; r = set.Allocate(); h.Free();")]
    [InlineData("if (!set.TryGetHandle(id, out var h)) h = set.Allocate(); h.Free();")]
    [InlineData("if (!set.TryGetHandle(id, out var h) && data is null) return; h.Free();")]
    [InlineData("var handles = new IoAsidHandle<SvaBinding>[4]; handles[0].Free();")]
    // Other types, and values that the rule does not follow.
    [InlineData("Keep(default); static void Keep(IoAsidHandle<SvaBinding> handle) { }")]
    [InlineData("default(RawIoAsid).ToString(); _ = set.Find(default);")]
    [InlineData("Give(out _); static void Give(out IoAsidHandle<SvaBinding> handle) => handle = default;")]
    [InlineData("Optional(); static void Optional(IoAsidHandle<SvaBinding> handle = default) => handle.Free();")]
    [InlineData("_ = new { Handle = default(IoAsidHandle<SvaBinding>) }.Handle.Id;")]
    public Task Statements(string statements) => new RuleTest<DeadDefaultAnalyzer>($$"""
        class Handler
        {
            IoAsidHandle<SvaBinding> field = default;

            async Task M(IoAsidSet<SvaBinding> set, RawIoAsid id, SvaBinding data)
            {
                await Task.CompletedTask;
                {{statements}}
                field.Free();
            }
        }
        """)
    {
        CompilerDiagnostics = Microsoft.CodeAnalysis.Testing.CompilerDiagnostics.Errors,
    }.RunAsync(Cancellation);

    [Fact]
    public Task Generic_code_and_nullable_off() => new RuleTest<DeadDefaultAnalyzer>("""
        #nullable disable
        class Handler<T> where T : class
        {
            RawIoAsid M() => {|IOASID3002:default(IoAsidHandle<T>)|}.Id;
            RawIoAsid N() { IoAsidHandle<T> h = Many()[0]; return h.Id; }
            IoAsidHandle<T>[] Many() => new IoAsidHandle<T>[1];
        }
        """).RunAsync(Cancellation);

    [Theory]
    [InlineData(
        "IoAsidHandle<SvaBinding> h = default; h.SetData(data);",
        "'h', which is default on every path to here, is a default IoAsidHandle<SvaBinding>, so 'SetData' throws; use the handle that 'Allocate' or 'TryGetHandle' returned")]
    [InlineData(
        "_ = default(IoAsidReader<SvaBinding>).Set;",
        "'default' is a default IoAsidReader<SvaBinding>, so 'Set' throws; use a reader from 'IoAsidSet.Reader' or 'IoAsidReader.Of'")]
    [InlineData(
        "if (!set.TryAllocate(data, out var h, out _)) h.SetData(data);",
        "'h', which 'TryAllocate' has not set, is a default IoAsidHandle<SvaBinding>, so 'SetData' throws; use the handle that 'Allocate' or 'TryGetHandle' returned")]
    public async Task Message(string statements, string message) => Assert.Equal(
        message,
        await Messages.OnlyAsync<DeadDefaultAnalyzer>($"class Handler {{ void M(IoAsidSet<SvaBinding> set, SvaBinding data) {{ {statements} }} }}", Cancellation));
}
