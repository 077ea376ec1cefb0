using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis.Testing;

namespace IoAsid.Typed.Analyzers.Tests.Typing;

/// <summary>IOASID1005: the code tests the result of a lookup before it uses the data.</summary>
public sealed class UncheckedLookupAnalyzerTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    /// <summary>Statements beside a set, a reader and ids. The compiler checks for null.</summary>
    [Theory]
    // Dropped.
    [InlineData("sva.{|IOASID1005:Find|}(id);")]
    [InlineData("reader.{|IOASID1005:Find|}(id);")]
    [InlineData("maybe?.{|IOASID1005:Find|}(id);")]
    [InlineData("sva.{|IOASID1005:TryFind|}(id, out _);")]
    [InlineData("sva.{|IOASID1005:TryFind|}(id, out var data);")]
    [InlineData("((IoAsidSet)sva).{|IOASID1005:TryResolve|}(guest, out _);")]
    [InlineData("Action find = () => sva.{|IOASID1005:Find|}(id);")]
    [InlineData("for (int i = 0; i < 3; sva.{|IOASID1005:Find|}(id)) i++;")]
    [InlineData("_ = sva.Find(id);")]
    [InlineData("_ = sva.TryFind(id, out var data);")]
    [InlineData("sva.Find(id, data => data.TryGet());")]
    [InlineData("sva.Find(id, 1, (data, users) => data.Users == users);")]
    [InlineData("Func<IoAsidLookup<SvaBinding>> find = () => sva.Find(id);")]
    [InlineData("new System.Collections.Generic.List<int>().Find(number => number == 1);")]
    // The bool dropped and the out used.
    [InlineData("sva.{|IOASID1005:TryFind|}(id, out var data); data!.Serve();")]
    [InlineData("sva.{|IOASID1005:TryFind|}(id, out SvaBinding? data); data.Serve();")]
    [InlineData("SvaBinding? data; reader.{|IOASID1005:TryFind|}(id, out data); Take(data!);")]
    [InlineData("sva.{|IOASID1005:TryResolve|}(guest, out RawIoAsid found); sva.Contains(found);")]
    [InlineData("sva.TryFind(id, out var data); if (data is not null) data.Serve();")]
    [InlineData("sva.TryFind(id, out var data); data?.Serve();")]
    [InlineData("sva.TryFind(id, out var data); Keep(data);")]
    [InlineData("sva.TryFind(id, out var data); data ??= other; data!.Serve();")]
    [InlineData("bool found = sva.TryFind(id, out var data); if (found) data!.Serve();")]
    [InlineData("if (sva.TryFind(id, out var data)) data.Serve();")]
    [InlineData("if (sva.TryResolve(guest, out RawIoAsid found)) sva.Contains(found);")]
    // Data used with the operator !.
    [InlineData("sva.{|IOASID1005:Find|}(id).Data!.Serve();")]
    [InlineData("(sva.{|IOASID1005:Find|}(id).Data)!.Serve();")]
    [InlineData("SvaBinding data = reader.{|IOASID1005:Find|}(id).Data!;")]
    [InlineData("Take(sva.{|IOASID1005:Find|}(id, d => d.TryGet()).Data!);")]
    [InlineData("var answer = sva.{|IOASID1005:Find|}(id); answer.Data!.Serve();")]
    [InlineData("IoAsidLookup<SvaBinding> answer; answer = sva.{|IOASID1005:Find|}(id); answer.Data!.Serve();")]
    [InlineData("var data = sva.{|IOASID1005:Find|}(id).Data; data!.Serve();")]
    [InlineData("var answer = sva.{|IOASID1005:Find|}(id); if (!answer.IsFound) Console.WriteLine(id); answer.Data!.Serve();")]
    [InlineData("var answer = sva.{|IOASID1005:Find|}(id); Func<int> users = () => answer.Data!.Users;")]
    [InlineData("int Users() => sva.{|IOASID1005:Find|}(id).Data!.Users; Users();")]
    [InlineData("await Task.FromResult(sva.{|IOASID1005:Find|}(id).Data!);")]
    [InlineData("System.Linq.Expressions.Expression<Func<int>> users = () => sva.{|IOASID1005:Find|}(id).Data!.Users;")]
    // Tested on that path.
    [InlineData("var answer = sva.Find(id); if (answer.IsFound) answer.Data!.Serve();")]
    [InlineData("var answer = sva.Find(id); if (!answer.IsFound) return; answer.Data!.Serve();")]
    [InlineData("var answer = sva.Find(id); while (answer.IsFound && answer.Data!.TryGet()) { }")]
    [InlineData("var answer = sva.Find(id); if (answer.Status == IoAsidLookupStatus.Found) answer.Data!.Serve();")]
    [InlineData("var answer = sva.Find(id); bool found = answer.IsFound; if (found) answer.Data!.Serve();")]
    [InlineData("var answer = sva.Find(id); if (answer is { IsFound: true }) answer.Data!.Serve();")]
    [InlineData("var answer = sva.Find(id); if (IsGood(answer)) answer.Data!.Serve();")]
    [InlineData("var answer = sva.Find(id); System.Diagnostics.Debug.Assert(answer.IsFound); answer.Data!.Serve();")]
    [InlineData("var data = sva.Find(id).Data; if (data is null) return; data!.Serve();")]
    [InlineData("if (sva.Find(id).Data is { } data) data!.Serve();")]
    [InlineData("sva.Find(id).Data?.Serve();")]
    [InlineData("_ = sva.Find(id).Data!;")]
    [InlineData("(sva.Find(id).Data! ?? other).Serve();")]
    [InlineData("_ = sva.Find(id).Data! is GuestSvaBinding;")]
    [InlineData("Keep(sva.Find(id).Data);")]
    // Found, because the code has a handle or hold of the id.
    [InlineData("var handle = sva.Allocate(other); sva.Find(handle.Id).Data!.Serve();")]
    [InlineData("using var hold = sva.Hold(id); sva.Find(hold.Id).Data!.Serve();")]
    // Not a lookup of this method.
    [InlineData("given.Data!.Serve();")]
    [InlineData("sva.Allocate(other).Data!.Serve();")]
    public Task Checked_for_null(string statements) => Verify($$"""
            class Handler
            {
                async Task M(IoAsidSet<SvaBinding> sva, IoAsidSet<SvaBinding>? maybe, IoAsidReader<SvaBinding> reader, RawIoAsid id, PrivateIoAsid guest, SvaBinding other, IoAsidLookup<SvaBinding> given)
                {
                    await Task.CompletedTask;
                    {{statements}}
                }

                static void Take(SvaBinding data) { }
                static void Keep(SvaBinding? data) { }
                static bool IsGood(IoAsidLookup<SvaBinding> answer) => answer.IsFound;
            }
            """);

    /// <summary>Without nullable annotations, the rule accepts any test of the data.</summary>
    [Theory]
    [InlineData("sva.{|IOASID1005:Find|}(id);")]
    [InlineData("sva.{|IOASID1005:Find|}(id).Data.Serve();")]
    [InlineData("int users = sva.{|IOASID1005:Find|}(id).Data.Users;")]
    [InlineData("var answer = sva.{|IOASID1005:Find|}(id); answer.Data.Serve(); answer.Data.Serve();")]
    [InlineData("var data = sva.{|IOASID1005:Find|}(id).Data; data.Serve(); data.Users++;")]
    [InlineData("sva.{|IOASID1005:TryFind|}(id, out var data); data.Serve();")]
    [InlineData("sva.TryFind(id, out var data); if (data != null) data.Serve();")]
    [InlineData("sva.TryFind(id, out var data); if (IsGood(data)) data.Serve();")]
    [InlineData("var answer = sva.Find(id); if (answer.IsFound) answer.Data.Serve();")]
    [InlineData("var answer = sva.Find(id); if (answer.Data != null) answer.Data.Serve();")]
    [InlineData("var data = sva.Find(id).Data; if (data == null) return; data.Serve();")]
    [InlineData("var data = sva.Find(id).Data; if (IsGood(data)) data.Serve();")]
    [InlineData("var data = sva.Find(id).Data; data?.Serve();")]
    [InlineData("var data = sva.Find(id).Data; data = new GuestSvaBinding(); data.Serve();")]
    [InlineData("var handle = sva.Allocate(); sva.Find(handle.Id).Data.Serve();")]
    public Task Oblivious(string statements) => Verify($$"""
        #nullable disable
        class Handler
        {
            void M(IoAsidSet<SvaBinding> sva, RawIoAsid id) { {{statements}} }

            static bool IsGood(SvaBinding data) => data != null;
        }
        """);

    [Fact]
    public Task Elsewhere_in_a_type() => Verify("""
        class Handler<T>(IoAsidReader<T> reader) where T : SvaBinding
        {
            static readonly IoAsidSet<SvaBinding> Sva = new IoAsidSpace().CreateSet<SvaBinding>("sva");
            readonly int users = Sva.{|IOASID1005:Find|}(default).Data!.Users;
            int Users => reader.{|IOASID1005:Find|}(default).Data!.Users;
            System.Collections.Generic.IEnumerable<int> Each(RawIoAsid id) { yield return reader.{|IOASID1005:Find|}(id).Data!.Users; }
        }
        """);

    [Fact]
    public Task Generated_code_is_left_alone() => Verify("""
        // <auto-generated/>
        class Handler { void M(IoAsidSet<SvaBinding> sva) => sva.Find(default); }
        """);

    [Theory]
    [InlineData("sva.Find(id);", "'IoAsidSet.Find' may find no 'SvaBinding', and its answer is dropped; test the answer, or write '_ =' if the answer is not needed")]
    [InlineData("sva.Find(id).Data!.Serve();", "'IoAsidSet.Find' may find no 'SvaBinding', and 'sva.Find(id).Data' is used without a test; test 'IsFound', or the data with 'is { }' or '?.'")]
    [InlineData("sva.TryFind(id, out var data); data!.Serve();", "'IoAsidSet.TryFind' may find no 'SvaBinding', and 'data' is used without a test; test what it returns")]
    [InlineData("sva.TryResolve(default, out RawIoAsid found); sva.Contains(found);", "'IoAsidSet.TryResolve' may find no 'RawIoAsid', and 'found' is used without a test; test what it returns")]
    public async Task Message(string statements, string message) => Assert.Equal(
        message,
        await Messages.OnlyAsync<UncheckedLookupAnalyzer>($"class Handler {{ void M(IoAsidSet<SvaBinding> sva, RawIoAsid id) {{ {statements} }} }}", Cancellation));

    private static Task Verify(string code) => new RuleTest<UncheckedLookupAnalyzer>(code) { CompilerDiagnostics = CompilerDiagnostics.Errors }.RunAsync(Cancellation);
}
