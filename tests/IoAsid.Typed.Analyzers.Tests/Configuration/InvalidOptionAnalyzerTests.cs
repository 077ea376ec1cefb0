using System.Globalization;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers.Tests.Configuration;

/// <summary>IOASID0002: no invalid option is ignored silently.</summary>
public sealed class InvalidOptionAnalyzerTests
{
    private const string Vendor = """
        namespace Vendor
        {
            public delegate object Finder(uint id);
            public class Table { public int Size => 1; public static implicit operator uint(Table table) => 1; public object? Find(uint id) => null; public object? this[uint id] => null; public class Inner { public object? Find(uint id) => null; } }
            public class Table<T> { public object? Find(uint id) => null; }
            public class Only<T> { public object? Find(uint id) => null; }
            public static class Extensions { extension(Table table) { public object? Look(uint id) => null; } }
        }
        """;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ioasid.untyped_lookup_methods = Vendor.Table.Find, Vendor.Table.Inner.Find | Vendor.Table.Item, Vendor.Finder")]
    [InlineData("IOASID.Untyped_Lookup_Methods = Vendor.Table.Find")]
    [InlineData("ioasid.untyped_lookup_methods = M:Vendor.Table.Find(System.UInt32), P:Vendor.Table.Item(System.UInt32), T:Vendor.Finder, M:Vendor.Table`1.Find(System.UInt32)")]
    [InlineData("ioasid.blocking_methods = Other.Project.Mailbox.Receive, M:Other.Project.Mailbox.Receive")]
    [InlineData("ioasid.untyped_lookup_methods = Vendor.Table.this[], Table.this[], Vendor.Table<T>.Find, Table<System.Object>.Find, Vendor.Extensions.Look, Vendor.Table.op_Implicit, Vendor.Table.Size")]
    [InlineData("ioasid.untyped_lookup_methods = Vendor.Only.Fnd", "names 'Vendor.Only.Fnd', and 'Vendor.Only<T>' has no such member")]
    [InlineData("ioasid.untyped_lookup_methods = Only.Fnd", "names 'Only.Fnd', and 'Vendor.Only<T>' has no such member")]
    [InlineData("ioasid.untyped_lookup_methods = Vendor.Only<int, int>.Find", "names 'Vendor.Only<int, int>.Find', and 'Vendor.Only<T>' has no such member")]
    [InlineData("ioasid.untyped_lookup_methods = M:Vendor.Only.Find(System.UInt32)", "names 'M:Vendor.Only.Find(System.UInt32)', and 'Vendor.Only<T>' has no such member")]
    [InlineData("ioasid.untyped_lookup_methods = Vendor.Extensions.Lok", "names 'Vendor.Extensions.Lok', and 'Vendor.Extensions' has no such member")]
    [InlineData("ioasid.untyped_lookup_methods = Find", "names 'Find', which is not the name of a member; write Namespace.Type.Member, Namespace.Type.this[], or a documentation id such as M:Namespace.Type.Member(System.UInt32)")]
    [InlineData("ioasid.untyped_lookup_methods = X:Vendor.Table.Find", "names 'X:Vendor.Table.Find', which is not the name of a member; write Namespace.Type.Member, Namespace.Type.this[], or a documentation id such as M:Namespace.Type.Member(System.UInt32)")]
    [InlineData("ioasid.untyped_lookup_methods = Vendor.Table.Fnd, Vendor.Table.Find", "names 'Vendor.Table.Fnd', and 'Vendor.Table' has no such member")]
    [InlineData("ioasid.blocking_methods = M:Vendor.Table.Find(System.Int32)", "names 'M:Vendor.Table.Find(System.Int32)', and 'Vendor.Table' has no such member")]
    [InlineData("ioasid.untyped_lookup_methods = M:Vendor.Table.Inner.Fnd(System.UInt32)", "names 'M:Vendor.Table.Inner.Fnd(System.UInt32)', and 'Vendor.Table.Inner' has no such member")]
    [InlineData("ioasid.untyped_lookup_methods = ,", "names no member")]
    [InlineData("ioasid.untyped_lookup_method = Vendor.Table.Find", "is not known and has no effect; the options are 'ioasid.blocking_methods' and 'ioasid.untyped_lookup_methods'")]
    [InlineData("ioasid_blocking_methods = Vendor.Table.Find", "is not known and has no effect; the options are 'ioasid.blocking_methods' and 'ioasid.untyped_lookup_methods'")]
    [InlineData("dotnet_code_quality.ioasid.blocking_methods = Vendor.Table.Find", "is not known and has no effect; the options are 'ioasid.blocking_methods' and 'ioasid.untyped_lookup_methods'")]
    [InlineData("dotnet_diagnostic.ioasid1001.severity = none\ncsharp_prefer_braces = false\nvendor.ioasid.table = 1")]
    public async Task Option(string options, string? mistake = null)
    {
        Compilation compilation = AllRules.Compile([Vendor, Vendor.Replace("Vendor", "Vendor2", StringComparison.Ordinal), TestProject.DriverTypes], [.. TestProject.Framework, .. TestProject.Sdk]);

        IEnumerable<Diagnostic> found = await compilation
            .WithAnalyzers([new InvalidOptionAnalyzer()], new AnalyzerOptions([], new GivenOptions(options)))
            .GetAnalyzerDiagnosticsAsync(Cancellation);

        string key = options.Split('=')[0].Trim();
        Assert.Equal(
            mistake is null ? [] : [$"The option '{key}' of .editorconfig {mistake}"],
            found.Select(diagnostic => diagnostic.GetMessage(CultureInfo.InvariantCulture)));
    }

    /// <summary>The options come from a file as in a compiler. Each mistake is reported once for all files and sections.</summary>
    [Fact]
    public async Task In_a_file()
    {
        RuleTest<InvalidOptionAnalyzer> test = new("class A;")
        {
            EditorConfig = "ioasid.untyped_lookup_methods = Vendor.PasidTable.Find\nioasid.blocking_method = Vendor.Mailbox.Receive",
        };
        test.ExpectedDiagnostics.Add(new Microsoft.CodeAnalysis.Testing.DiagnosticResult(DiagnosticIds.InvalidOption, DiagnosticSeverity.Warning)
            .WithArguments("ioasid.blocking_method", "is not known and has no effect; the options are 'ioasid.blocking_methods' and 'ioasid.untyped_lookup_methods'"));

        await test.RunAsync(Cancellation);
    }
}
