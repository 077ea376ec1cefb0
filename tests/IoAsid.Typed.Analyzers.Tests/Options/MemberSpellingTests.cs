using System.Collections.Immutable;
using System.Globalization;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers.Tests.Options;

/// <summary>Each kind of member has a spelling that messages print and options accept.</summary>
public sealed class MemberSpellingTests
{
    private const string Code = """
        using System.Collections.Generic;
        using Vendor;

        namespace Vendor
        {
            public interface ITable { object? Find(uint id); }
            public class Table : ITable
            {
                public object? Find(uint id) => null;
                public virtual object? Get(uint id) => null;
                public object? Current => this;
                public static explicit operator Box(Table table) => new();
                public class Inner<T> { public object? Find(T id) => null; }
            }
            public class Derived : Table { public override object? Get(uint id) => null; }
            public class Box;
            public static class Extensions
            {
                extension(Table table) { public object? Look(uint id) => null; public object? Latest => null; }
                public static object? Old(this Table table, uint id) => null;
            }
        }

        class Uses(Dictionary<int, object> ints, Dictionary<uint, object> uints, Table table, Derived derived, ITable any, Table.Inner<int> inner)
        {
            object?[] All() =>
            [
                ints[1],
                uints[1],
                table.Find(1),
                any.Find(2),
                table.Get(1),
                derived.Get(2),
                table.Current,
                (Box)table,
                inner.Find(1),
                table.Look(1),
                table.Latest,
                table.Old(1),
            ];
        }
        """;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("System.Collections.Generic.Dictionary.this[]", "ints[1]; uints[1]")]
    [InlineData("Dictionary.this[]", "ints[1]; uints[1]")]
    [InlineData("System.Collections.Generic.Dictionary.Item", "ints[1]; uints[1]")]
    [InlineData("System.Collections.Generic.Dictionary<TKey, TValue>.this[]", "ints[1]; uints[1]")]
    [InlineData("System.Collections.Generic.Dictionary<uint, object>.this[]", "uints[1]")]
    [InlineData("Dictionary<System.Int32, object?>.this[]", "ints[1]")]
    [InlineData("Dictionary<int>.this[]", "")]
    [InlineData("Vendor.ITable.Find", "table.Find(1); any.Find(2)")]
    [InlineData("Vendor.Table.Find", "table.Find(1)")]
    [InlineData("M:Vendor.ITable.Find(System.UInt32)", "table.Find(1); any.Find(2)")]
    [InlineData("Vendor.Table.Get", "table.Get(1); derived.Get(2)")]
    [InlineData("Vendor.Derived.Get", "derived.Get(2)")]
    [InlineData("Vendor.Table.Current", "table.Current")]
    [InlineData("Vendor.Table.op_Explicit", "(Box)table")]
    [InlineData("Vendor.Table.Inner<int>.Find", "inner.Find(1)")]
    [InlineData("Table.Inner.Find", "inner.Find(1)")]
    [InlineData("Vendor.Extensions.Look, Vendor.Extensions.Latest", "table.Look(1); table.Latest")]
    [InlineData("M:Vendor.Extensions.Look(Vendor.Table,System.UInt32)", "table.Look(1)")]
    [InlineData("M:Vendor.Extensions.Look(System.UInt32)", "")]
    [InlineData("P:Vendor.Extensions.Latest", "table.Latest")]
    [InlineData("M:Vendor.Extensions.get_Latest(Vendor.Table)", "table.Latest")]
    [InlineData("Vendor.Extensions.Old", "table.Old(1)")]
    public async Task Option_names_the_member(string option, string uses)
    {
        ImmutableArray<Diagnostic> found = await ReportedAsync(option);

        Assert.Equal(uses, string.Join("; ", found.OrderBy(Position).Select(Use)));
    }

    /// <summary>The first quoted text of the message is the name of the member.</summary>
    [Fact]
    public async Task Message_prints_a_name_that_the_option_accepts()
    {
        const string all = "Dictionary.this[], ITable.Find, Table.Get, Table.Current, Table.op_Explicit, Inner.Find, Extensions.Look, Extensions.Latest, Extensions.Old";
        foreach (Diagnostic reported in await ReportedAsync(all))
        {
            string name = reported.GetMessage(CultureInfo.InvariantCulture).Split('\'')[1];
            Assert.Contains(await ReportedAsync(name), again => Position(again) == Position(reported));
        }
    }

    private static Task<ImmutableArray<Diagnostic>> ReportedAsync(string names) => AllRules
        .Compile([Code, TestProject.DriverTypes], [.. TestProject.Framework, .. TestProject.Sdk])
        .WithAnalyzers([new UntypedLookupAnalyzer()], new AnalyzerOptions([], new GivenOptions($"ioasid.untyped_lookup_methods = {names}")))
        .GetAnalyzerDiagnosticsAsync(Cancellation);

    private static int Position(Diagnostic diagnostic) => diagnostic.Location.SourceSpan.Start;

    /// <summary>Returns the line of a use, without its comma.</summary>
    private static string Use(Diagnostic diagnostic) =>
        diagnostic.Location.SourceTree!.GetText(Cancellation).Lines.GetLineFromPosition(Position(diagnostic)).ToString().Trim().TrimEnd(',');
}
