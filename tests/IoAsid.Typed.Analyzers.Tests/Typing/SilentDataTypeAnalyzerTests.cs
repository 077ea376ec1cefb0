using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis.Testing;

namespace IoAsid.Typed.Analyzers.Tests.Typing;

/// <summary>IOASID1003: the code that creates a set names a data type that describes its ids.</summary>
public sealed class SilentDataTypeAnalyzerTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("object")]
    [InlineData("System.Object")]
    [InlineData("dynamic")]
    [InlineData("Delegate")]
    [InlineData("MulticastDelegate")]
    [InlineData("Array")]
    [InlineData("string")]
    [InlineData("IDisposable")]
    [InlineData("IAsyncDisposable")]
    [InlineData("ValueType")]
    [InlineData("Enum")]
    [InlineData("Anything")]
    [InlineData("PointerBox")]
    [InlineData("VoidBox")]
    [InlineData("HandleBox")]
    [InlineData("RecordBox")]
    public Task Says_nothing(string data) => VerifyData($"{{|IOASID1003:{data}|}}");

    [Theory]
    [InlineData("SvaBinding")]
    [InlineData("IServesFaults")]
    [InlineData("AuxiliaryDomain")]
    [InlineData("NativeMemory")]
    [InlineData("TwoFields")]
    [InlineData("Derived")]
    [InlineData("byte[]")]
    [InlineData("Action")]
    [InlineData("System.IO.Stream")]
    [InlineData("System.Runtime.InteropServices.SafeHandle")]
    public Task Says_something(string data) => VerifyData(data);

    /// <summary>Expressions that choose a data type, and expressions that only pass one on.</summary>
    [Theory]
    [InlineData("space.CreateSet<{|IOASID1003:object|}>(\"all\", owner: null, quota: 8)")]
    [InlineData("space!.CreateSet<{|IOASID1003:object|}>(\"all\")")]
    [InlineData("space?.CreateSet<{|IOASID1003:object|}>(\"all\")")]
    [InlineData("all.CreateSubset<{|IOASID1003:string|}>(\"names\")")]
    [InlineData("IoAsidReader<{|IOASID1003:object|}>.Of(sva)")]
    [InlineData("IoAsid.Typed.IoAsidReader<{|IOASID1003:object|}>.Of(sva)")]
    [InlineData("Anywhere.{|IOASID1003:Of|}(sva)")]
    [InlineData("(Func<IoAsidSet<SvaBinding>, IoAsidReader<object>>)IoAsidReader<{|IOASID1003:object|}>.Of")]
    [InlineData("(Func<string, object?, uint?, IoAsidSet<object>>)space.CreateSet<{|IOASID1003:object|}>")]
    [InlineData("(Func<object>)(() => space.CreateSet<{|IOASID1003:object|}>(\"all\"))")]
    [InlineData("Make<{|IOASID1003:object|}>()")]
    [InlineData("(IoAsidSet<object>)Make<{|IOASID1003:object|}>()")]
    [InlineData("Make<SvaBinding>()")]
    [InlineData("Same(all)")]
    [InlineData("Same<object>(all)")]
    [InlineData("all.Reader")]
    [InlineData("all.Find(default).Data")]
    [InlineData("Given()")]
    [InlineData("space.TryFindSet<object>(sva, out var found) ? found : null")]
    [InlineData("IoAsidReader<IServesFaults>.Of(sva)")]
    public Task Expression(string expression) => Verify($$"""
        using Anywhere = IoAsid.Typed.IoAsidReader<object>;
        class Driver2
        {
            object? M(IoAsidSpace space, IoAsidSet<object> all, IoAsidSet<SvaBinding> sva) => {{expression}};

            IoAsidSet<T> Make<T>() where T : class => new IoAsidSpace().CreateSet<T>("made");

            IoAsidSet<T> Same<T>(IoAsidSet<T> set) where T : class => set;

            IoAsidSet<object> Given() => null!;
        }
        """);

    [Fact]
    public async Task Message() => Assert.Equal(
        "'IoAsidSpace.CreateSet' returns an IoAsidSet<object>, and 'object' does not describe the data of its ids: every object is one; name the class that the owner stores and the lookups need",
        await Messages.OnlyAsync<SilentDataTypeAnalyzer>("class Handler { object M(IoAsidSpace space) => space.CreateSet<object>(\"all\"); }", Cancellation));

    private static Task VerifyData(string data) => Verify($$"""
        using System.Runtime.InteropServices;
        using Anything = System.Object;

        sealed class PointerBox(nint mm) { public nint Mm { get; } = mm; public override string ToString() => "mm"; }
        unsafe class VoidBox { void* data; public VoidBox(void* d) => data = d; public static explicit operator nint(VoidBox box) => (nint)box.data; }
        class HandleBox(Microsoft.Win32.SafeHandles.SafeFileHandle handle) : IDisposable { readonly Microsoft.Win32.SafeHandles.SafeFileHandle handle = handle; public void Dispose() => handle.Dispose(); }
        sealed record RecordBox(nint Mm);

        sealed class NativeMemory(nint mm) { readonly nint mm = mm; public bool HandleFault(ulong address) => mm != 0 && address != 0; }
        sealed class TwoFields(nint mm) { readonly nint mm = mm; public int Users; public nint Mm => mm; }
        class Named { public string Name => "mm"; }
        sealed class Derived(nint mm) : Named { public nint Mm { get; } = mm; }

        class Driver2
        {
            object M(IoAsidSpace space) => space.CreateSet<{{data}}>("sva");
        }
        """);

    private static Task Verify(string code) => new RuleTest<SilentDataTypeAnalyzer>(code) { CompilerDiagnostics = CompilerDiagnostics.Errors }.RunAsync(Cancellation);
}
