using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.CodeFixes;

namespace IoAsid.Typed.Analyzers.Tests.Typing;

/// <summary>IOASID1004 and its fix: an untyped lookup has the attribute [UntypedIoAsidLookup].</summary>
public sealed class UnmarkedLookupAnalyzerTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    /// <summary>Members of a public class that keeps no set.</summary>
    [Theory]
    // Return types without information.
    [InlineData("public object? {|IOASID1004:Find|}(RawIoAsid id) => null;")]
    [InlineData("internal static object {|IOASID1004:Find|}(int tag, in RawIoAsid id) => tag;")]
    [InlineData("protected dynamic? {|IOASID1004:Find|}(RawIoAsid id) => null;")]
    [InlineData("public object? {|IOASID1004:Find|}(RawIoAsid? id) => null;")]
    [InlineData("public nint {|IOASID1004:Find|}(RawIoAsid id) => 0;")]
    [InlineData("public IntPtr {|IOASID1004:Find|}(RawIoAsid id) => 0;")]
    [InlineData("public unsafe void* {|IOASID1004:Find|}(RawIoAsid id) => null;")]
    [InlineData("public T? {|IOASID1004:Find|}<T>(RawIoAsid id) where T : class => null;")]
    [InlineData("public T? {|IOASID1004:Find|}<T>(RawIoAsid id) where T : SvaBinding => null;")]
    [InlineData("public bool {|IOASID1004:TryFind|}(RawIoAsid id, out object? data) { data = null; return false; }")]
    [InlineData("public bool {|IOASID1004:TryFind|}<T>(RawIoAsid id, out T? data) where T : class { data = null; return false; }")]
    [InlineData("public async Task<object?> {|IOASID1004:FindAsync|}(RawIoAsid id) => await Task.FromResult<object?>(null);")]
    [InlineData("public ValueTask<object?> {|IOASID1004:FindAsync|}(RawIoAsid id) => default;")]
    [InlineData("public object? {|IOASID1004:this|}[RawIoAsid id] => null;")]
    [InlineData("public virtual object? {|IOASID1004:Find|}(RawIoAsid id) => null;")]
    [InlineData("public partial object? {|IOASID1004:Find|}(RawIoAsid id); public partial object? Find(RawIoAsid id) => null;")]
    [InlineData("public interface ITable { object? {|IOASID1004:Find|}(RawIoAsid id); }")]
    [InlineData("public interface ITable<T> { object? {|IOASID1004:Find|}(RawIoAsid id); static abstract nint {|IOASID1004:Raw|}(RawIoAsid id); }")]
    [InlineData("public struct Table { public object? {|IOASID1004:Find|}(RawIoAsid id) => null; }")]
    [InlineData("public record Table(string Name) { public object? {|IOASID1004:Find|}(RawIoAsid id) => Name; }")]
    [InlineData("[System.Runtime.InteropServices.DllImport(\"vendor\")] public static extern nint {|IOASID1004:Find|}(RawIoAsid id);")]
    // Typed results, and members that are no lookups.
    [InlineData("public SvaBinding? Find(RawIoAsid id) => null;")]
    [InlineData("public bool Exists(RawIoAsid id, object key) => false;")]
    [InlineData("public T Visit<T>(RawIoAsid id, Func<SvaBinding, T> visit) => visit(null!);")]
    [InlineData("public T OrElse<T>(RawIoAsid id, T otherwise) => otherwise;")]
    [InlineData("public T Read<T>(RawIoAsid id) where T : unmanaged => default;")]
    [InlineData("public T Make<T>(RawIoAsid id) where T : new() => new();")]
    [InlineData("public class Table<T> where T : class { public T? Find(RawIoAsid id) => null; }")]
    [InlineData("public unsafe long* Entry(RawIoAsid id) => null;")]
    [InlineData("public object? Find(uint id) => null;")]
    [InlineData("public object? Find(PrivateIoAsid id) => null;")]
    [InlineData("public void Next(out RawIoAsid id, out object? data) { id = default; data = null; }")]
    [InlineData("public object? this[RawIoAsid id] { set { } }")]
    // A set, reader, handle or reference gives the data type.
    [InlineData("public object? Find(IoAsidSet set, RawIoAsid id) => null;")]
    [InlineData("public object? Find(IoAsidReader<SvaBinding> sva, RawIoAsid id) => null;")]
    [InlineData("public object? Find(IoAsidHandle<SvaBinding> handle, RawIoAsid id) => null;")]
    [InlineData("public object? Find<TSet>(TSet set, RawIoAsid id) where TSet : IoAsidSet => null;")]
    [InlineData("public class Table { readonly IoAsidSet<SvaBinding> sva = null!; public object? Find(RawIoAsid id) => sva.Find(id).Data; }")]
    [InlineData("public class Table { IoAsidReader<SvaBinding> Sva { get; set; } public object? Find(RawIoAsid id) => Sva.Find(id).Data; }")]
    [InlineData("public class Table(IoAsidSet<SvaBinding> sva) { public object? Find(RawIoAsid id) => sva.Find(id).Data; }")]
    [InlineData("public class Base { protected IoAsidSet? Ids; } public class Table : Base { public object? Find(RawIoAsid id) => Ids; }")]
    [InlineData("public class Outer { static IoAsidSet? ids; public class Table { public object? Find(RawIoAsid id) => ids; } }")]
    [InlineData("public class Table { readonly IoAsidReference<SvaBinding>? held; public object? Find(RawIoAsid id) => held?.Data; }")]
    // Not visible outside of the type.
    [InlineData("private object? Find(RawIoAsid id) => null;")]
    [InlineData("private protected object? Find(RawIoAsid id) => null;")]
    [InlineData("class Hidden { public object? Find(RawIoAsid id) => null; }")]
    [InlineData("public void M() { object? Find(RawIoAsid id) => null; Func<RawIoAsid, object?> find = id => null; }")]
    [InlineData("public delegate object? Finder(RawIoAsid id);")]
    // Marked here, or in the base type or interface.
    [InlineData("[UntypedIoAsidLookup] public object? Find(RawIoAsid id) => null;")]
    [InlineData("public object? this[RawIoAsid id] { [UntypedIoAsidLookup] get => null; }")]
    [InlineData("public abstract class A { [UntypedIoAsidLookup] public abstract object? Find(RawIoAsid id); } public class B : A { public override object? Find(RawIoAsid id) => null; }")]
    [InlineData("public interface I { [UntypedIoAsidLookup] object? Find(RawIoAsid id); } public class B : I { public object? Find(RawIoAsid id) => null; }")]
    [InlineData("public interface I { [UntypedIoAsidLookup] object? Find(RawIoAsid id); } public class B : I { object? I.Find(RawIoAsid id) => null; }")]
    public Task Member(string member) => Verify($$"""
        public partial class Tables
        {
            {{member}}
        }
        """);

    [Fact]
    public Task Extensions_old_and_new() => Verify("""
        public static class Extensions
        {
            public static object? FindIn(this IoAsidSet set, RawIoAsid id) => null;

            public static object? {|IOASID1004:FindBy|}(this RawIoAsid id) => null;

            extension(IoAsidSet set)
            {
                public object? FindHere(RawIoAsid id) => null;
            }

            extension(IoAsidSpace space)
            {
                public object? {|IOASID1004:FindAnywhere|}(RawIoAsid id) => null;
            }
        }
        """);

    [Fact]
    public Task Named_in_editorconfig() => new RuleTest<UnmarkedLookupAnalyzer>("""
        public class Table { public object? Find(RawIoAsid id) => null; }
        """)
    {
        EditorConfig = "ioasid.untyped_lookup_methods = Table.Find",
    }.RunAsync(Cancellation);

    [Fact]
    public Task Generated_code_is_left_alone() => Verify("""
        // <auto-generated/>
        public class Table { public object Find(RawIoAsid id) => null; }
        """);

    [Fact]
    public async Task Message() => Assert.Equal(
        "'Table.Find' takes a RawIoAsid and no set, and returns 'object', so it is an untyped lookup; mark it [UntypedIoAsidLookup] so that its callers are reported, or let it take an IoAsidReader<TData> and return the data",
        await Messages.OnlyAsync<UnmarkedLookupAnalyzer>("public class Table { public object Find(RawIoAsid id) => this; }", Cancellation));

    [Fact]
    public Task Fix_marks_each_in_the_style_around_it() => new FixTest<UnmarkedLookupAnalyzer, UnmarkedLookupCodeFixProvider>(
        """
        public class Table
        {
            /// <summary>Finds.</summary>
            public object? {|IOASID1004:Find|}(RawIoAsid id) => null;

            // Kept for the vendor.
            [Obsolete] // soon
            public object? {|IOASID1004:Old|}(RawIoAsid id) => null;

            [Obsolete] public object? {|IOASID1004:Inline|}(RawIoAsid id) => null;

            public object? {|IOASID1004:this|}[RawIoAsid id] => null;

            public interface IOne { object? {|IOASID1004:Find|}(RawIoAsid id); }
        #if true
            public bool {|IOASID1004:TryFind|}(RawIoAsid id, out object? data)
            {
                data = null;
                return false;
            }
        #endif
        }
        """,
        """
        public class Table
        {
            /// <summary>Finds.</summary>
            [UntypedIoAsidLookup]
            public object? Find(RawIoAsid id) => null;

            // Kept for the vendor.
            [Obsolete] // soon
            [UntypedIoAsidLookup]
            public object? Old(RawIoAsid id) => null;

            [Obsolete][UntypedIoAsidLookup] public object? Inline(RawIoAsid id) => null;

            [UntypedIoAsidLookup]
            public object? this[RawIoAsid id] => null;

            public interface IOne { [UntypedIoAsidLookup] object? Find(RawIoAsid id); }
        #if true
            [UntypedIoAsidLookup]
            public bool TryFind(RawIoAsid id, out object? data)
            {
                data = null;
                return false;
            }
        #endif
        }
        """).RunAsync(Cancellation);

    private static Task Verify(string code) => new RuleTest<UnmarkedLookupAnalyzer>(code).RunAsync(Cancellation);
}
