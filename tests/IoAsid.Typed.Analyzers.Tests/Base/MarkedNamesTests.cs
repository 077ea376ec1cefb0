using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Analyzers.Tests.Base;

/// <summary>The names of marked symbols. A rule skips symbols with other names, so each marked symbol must be among the names.</summary>
public sealed class MarkedNamesTests
{
    private const string Usings = "using System;\nusing IoAsid.Typed;\n";

    [Theory]
    [InlineData("class C { void Marked([GuestControlled] uint n) { } }")]
    [InlineData("class C { [GuestControlled] uint Marked; }")]
    [InlineData("class C { [GuestControlled] uint a, Marked; }")]
    [InlineData("class C { [GuestControlled] uint Marked { get; } }")]
    [InlineData("class C { [IoAsid.Typed.GuestControlledAttribute] uint Marked { get; } }")]
    [InlineData("class C { [return: GuestControlled] uint Marked() => 0; }")]
    [InlineData("record C([GuestControlled] uint Marked);")]
    [InlineData("record C([property: GuestControlled] uint Marked);")]
    [InlineData("class C([GuestControlled] uint Marked) { uint M() => Marked; }")]
    [InlineData("class C { C([GuestControlled] uint Marked) { } }")]
    [InlineData("class C { void M() { void Marked([GuestControlled] uint n) { } } }")]
    [InlineData("class C { Action<uint> M() => ([GuestControlled] uint Marked) => { }; }")]
    [InlineData("delegate void Marked([GuestControlled] uint n);")]
    [InlineData("class C { int this[[GuestControlled] uint Marked] => 0; }")]
    [InlineData("static class C { extension([GuestControlled] uint Marked) { public void M() { } } }")]
    [InlineData("interface I { void Marked([GuestControlled] uint n); } class C : I { void I.Marked(uint other) { } }")]
    [InlineData("class B { public virtual void Marked([GuestControlled] uint n) { } } class C : B { public override void Marked(uint other) { } }")]
    [InlineData("[UntypedIoAsidLookup] delegate object Marked();")]
    [InlineData("class C { [UntypedIoAsidLookup] object Marked => 0; }")]
    [InlineData("class C { object Marked { [UntypedIoAsidLookup] get => 0; } }")]
    [InlineData("class C { [UntypedIoAsidLookup] object this[int Marked] => 0; }")]
    [InlineData("class C { [UntypedIoAsidLookup] public static object operator +(C Marked, int n) => 0; }")]
    public void Are_found_wherever_a_mark_stands(string code)
    {
        Assert.NotEmpty(Marked(Ways(code).First()));
        foreach (Compilation compilation in Ways(code))
        {
            foreach (ISymbol marked in Marked(compilation))
                Assert.Contains(Names(compilation), names => names.MayBe(marked));
        }
    }

    [Fact]
    public void An_alias_may_mark_anything()
    {
        Compilation compilation = Compile("using Chosen = IoAsid.Typed.GuestControlledAttribute;\nclass C { void M([Chosen] uint Marked) { } }");

        Assert.All(Marked(compilation), marked => Assert.Contains(Names(compilation), names => names.MayBe(marked)));
    }

    [Theory]
    [InlineData("class C { void M(uint Marked) { } }")]
    [InlineData("/// <see cref=\"GuestControlledAttribute\"/>\nclass C { void M(uint Marked) { } }")]
    [InlineData("class C { void M(uint Marked) { } string Text = \"[GuestControlled]\"; /* GuestControlled */ }")]
    public void Do_not_exist_without_a_mark(string code) =>
        Assert.All(Names(Compile($"{Usings}{code}")), names => Assert.True(names.IsEmpty || !names.MayBe(Marked(Compile($"{Usings}{code}")).First())));

    /// <summary>If no property is marked, no rule inspects properties.</summary>
    [Theory]
    [InlineData("class C { [UntypedIoAsidLookup] object Marked => 0; }", true)]
    [InlineData("class C { object Marked { [UntypedIoAsidLookup] get => 0; } }", true)]
    [InlineData("class C { [UntypedIoAsidLookup] object this[int Marked] => 0; }", true)]
    [InlineData("record C([GuestControlled] uint Marked);", true)]
    [InlineData("record C([property: GuestControlled] uint Marked);", true)]
    [InlineData("class C { [UntypedIoAsidLookup] object Marked() => 0; }", false)]
    [InlineData("[UntypedIoAsidLookup] delegate object Marked();", false)]
    public void Tell_whether_a_property_may_be_marked(string code, bool expected) =>
        Assert.All(Ways(code), compilation => Assert.Equal(expected, Array.Exists(Names(compilation), names => names.HasProperties)));

    /// <summary>Returns three compilations: the code itself, code that references it as a project, and code that references its assembly.</summary>
    private static IEnumerable<Compilation> Ways(string code)
    {
        Compilation itself = Compile($"{Usings}{code}");
        yield return itself;
        yield return Compile("class Other;", itself.ToMetadataReference());
        using MemoryStream compiled = new();
        Assert.True(itself.Emit(compiled).Success, string.Join('\n', itself.GetDiagnostics()));
        yield return Compile("class Other;", MetadataReference.CreateFromImage(compiled.ToArray()));
    }

    private static CSharpCompilation Compile(string code, params MetadataReference[] more) =>
        AllRules.Compile([code], [.. TestProject.Framework, .. TestProject.Sdk, .. more]).WithAssemblyName($"Code{more.Length}");

    private static MarkedNames[] Names(Compilation compilation)
    {
        SdkSymbols sdk = SdkSymbols.Of(compilation)!;
        return [new MarkedNames(sdk.GuestControlledAttribute, compilation), new MarkedNames(sdk.UntypedLookupAttribute, compilation)];
    }

    /// <summary>Returns the symbols with the name <c>Marked</c> in the source, or in the references of the other compilations.</summary>
    private static IEnumerable<ISymbol> Marked(Compilation compilation) =>
        compilation.ContainsSymbolsWithName("Other")
            ? AllIn(compilation.GlobalNamespace, compilation).Where(symbol => symbol is not INamespaceSymbol && symbol.Name is "Marked")
            : Declared(compilation);

    private static IEnumerable<ISymbol> Declared(Compilation compilation) =>
        from tree in compilation.SyntaxTrees
        let model = compilation.GetSemanticModel(tree)
        from node in tree.GetRoot(TestContext.Current.CancellationToken).DescendantNodes()
        where node is MemberDeclarationSyntax or ParameterSyntax or LocalFunctionStatementSyntax or VariableDeclaratorSyntax
        let symbol = model.GetDeclaredSymbol(node, TestContext.Current.CancellationToken)
        where symbol is { Name: "Marked" } and not INamedTypeSymbol { TypeKind: not TypeKind.Delegate }
        select symbol;

    private static IEnumerable<ISymbol> AllIn(INamespaceSymbol space, Compilation compilation) =>
        space.GetTypeMembers()
            .Where(type => type.ContainingAssembly.Name.StartsWith("Code", StringComparison.Ordinal) && !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly))
            .SelectMany(type => type.GetMembers().Append(type))
            .Where(symbol => symbol is not INamedTypeSymbol { TypeKind: not TypeKind.Delegate });
}
