using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Tests.CompileTimePromises;

/// <summary>The compilation of a consumer's code against the real SDK and nothing else of this repository.</summary>
internal static class Snippet
{
    /// <summary>The program of every consumer in these tests: a domain, its sets, and the place of a statement.</summary>
    private const string Consumer =
        """
        using System;
        using System.Diagnostics;
        using IoAsid.Typed;

        public abstract class SvaBinding { public bool HasBond(ushort requester) => true; }
        public sealed class NativeSvaBinding : SvaBinding { }
        public sealed class GuestSvaBinding : SvaBinding { }
        public sealed class AuxiliaryDomain { }
        public sealed class Drain : IoAsidDrain { public DrainReceipt Done(IoAsidBinding binding) => Certify(binding); }

        public static class Driver
        {
            public static void Use(
                IoAsidSpace space, IoAsidSet untyped, IoAsidSet<SvaBinding> sva, IoAsidSet<GuestSvaBinding> vm, IoAsidSet<AuxiliaryDomain> aux,
                IoAsidReader<SvaBinding> reader, IoAsidHandle<GuestSvaBinding> handle, IoAsidReference reference, IoAsidReference<GuestSvaBinding> guest,
                IoAsidBinding binding, Drain drain, RawIoAsid id, PrivateIoAsid guestPasid)
            {
        #line 1
        /*statement*/
        #line default
            }
        }

        """;

    private static readonly CSharpParseOptions Language = new(LanguageVersion.CSharp14);

    // The framework of the test host, so that no reference assembly is downloaded.
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Append(typeof(IoAsidSpace).Assembly.Location)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Returns the errors of one statement, as <c>line: id</c>. Lines count from the first line of the statement.</summary>
    public static string[] ErrorsOf(string statement, string declarations = "") =>
    [
        .. from error in Compile(Consumer.Replace("/*statement*/", statement, StringComparison.Ordinal) + "#line 1001\n" + declarations).Emit(Stream.Null).Diagnostics
           where error.Severity == DiagnosticSeverity.Error
           select $"{error.Location.GetMappedLineSpan().StartLinePosition.Line + 1}: {error.Id}",
    ];

    /// <summary>Compiles a whole program and runs one of its static methods.</summary>
    public static object? Run(string program, string type, string method)
    {
        using MemoryStream image = new();
        Assert.Empty(Compile(program).Emit(image).Diagnostics.Where(found => found.Severity >= DiagnosticSeverity.Warning));
        image.Position = 0;
        AssemblyLoadContext context = new("sample", isCollectible: true);
        context.Resolving += (_, name) => AssemblyLoadContext.Default.LoadFromAssemblyName(name);
        return context.LoadFromStream(image).GetType(type)!.GetMethod(method, BindingFlags.Public | BindingFlags.Static)!.Invoke(null, null);
    }

    private static CSharpCompilation Compile(string code) => CSharpCompilation.Create(
        "consumer",
        [CSharpSyntaxTree.ParseText(code, Language, cancellationToken: TestContext.Current.CancellationToken)],
        References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
}
