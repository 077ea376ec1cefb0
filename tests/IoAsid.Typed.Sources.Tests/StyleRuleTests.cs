namespace IoAsid.Typed.Sources.Tests;

/// <summary>Each rule finds its violations, and reports no correct code.</summary>
public sealed class StyleRuleTests
{
    [Theory]
    [InlineData("if (a)\n    b();", 0)]
    [InlineData("if (a)\n{\n    b();\n}", 1)]
    [InlineData("if (a)\n{\n    b();\n    c();\n}", 0)]
    [InlineData("if (a)\n    b(\n        c);", 1)]
    [InlineData("if (a)\n{\n    b(\n        c);\n}", 0)]
    [InlineData("foreach (int a in b)\n{\n    // Why.\n    c();\n}", 0)]
    [InlineData("while (a)\n{\n    if (b)\n        c();\n}", 0)]
    [InlineData("while (a)\n    if (b)\n        c();", 1)]
    [InlineData("if (a)\n    b();\nelse\n    c();", 0)]
    [InlineData("if (a)\n{\n    b();\n}\nelse\n{\n    c();\n}", 2)]
    [InlineData("if (a)\n{\n    b();\n    c();\n}\nelse\n    d();", 1)]
    [InlineData("if (a)\n{\n    b();\n}\nelse if (c)\n{\n    d();\n    e();\n}", 0)]
    [InlineData("using (a)\nusing (b)\n{\n    c();\n    d();\n}", 0)]
    public void Braces(string statement, int violations) => Assert.Equal(violations, Count(BraceRule.Violations, statement));

    [Theory]
    [InlineData("A a = new();", 0)]
    [InlineData("var a = new A();", 1)]
    [InlineData("A a = new A(1) { B = 2 };", 1)]
    [InlineData("A? a = new A();", 1)]
    [InlineData("B a = new A();", 0)]
    [InlineData("var a = F();", 0)]
    public void Creations(string statement, int violations) => Assert.Equal(violations, Count(CreationRule.Violations, statement));

    [Theory]
    [InlineData("// A sentence.\nF();", 0)]
    [InlineData("// A sentence in\n// two lines.\nF();", 0)]
    [InlineData("// A sentence without an end\nF();", 1)]
    [InlineData("// a small letter.\nF();", 1)]
    [InlineData("// iommu.c: a name of code.\nF();", 0)]
    [InlineData("// 64 MiB of tables.\nF();", 0)]
    [InlineData("F(); // Beside the code.\nG(); // Another one.", 0)]
    [InlineData("F(); // beside the code", 2)]
    [InlineData("//No space.\nF();", 1)]
    [InlineData("F(/* null */);", 2)]
    [InlineData("F(); // IOASID1001", 0)]
    public void Comments(string statement, int violations) => Assert.Equal(violations, Count(CommentRule.Violations, statement));

    [Theory]
    [InlineData("a = b >> 12;", 1)]
    [InlineData("a <<= 12;", 1)]
    [InlineData("a = b & ~0xFFFUL;", 1)]
    [InlineData("a = b % 4096;", 1)]
    [InlineData("a = b & 0xFFFF_FFFF_FFFF_F000;", 1)]
    [InlineData("const int Size = 4096;", 0)]
    [InlineData("a = 12 + 1 << 12;", 1)]
    [InlineData("a = 1 << 12;", 0)]
    [InlineData("a = 12;", 0)]
    public void Page_constants(string statement, int violations) => Assert.Equal(violations, Count(PageConstantRule.Violations, statement));

    [Theory]
    [InlineData("void M(uint pasid) { }", 1)]
    [InlineData("void M(out ushort requester) => requester = 0;", 1)]
    [InlineData("void M() { void Local(ulong? guestPasid) { } }", 1)]
    [InlineData("object F = (ushort requesterId) => 0;", 1)]
    [InlineData("ushort DomainId { get; init; }", 1)]
    [InlineData("const uint FirstPasid = 1;", 1)]
    [InlineData("int[] _pasid;", 1)]
    [InlineData("ushort DomainOf(object entry) => 0;", 1)]
    [InlineData("(ushort Requester, int Group) M() => default;", 1)]
    [InlineData("record struct R(ushort SourceId);", 1)]
    [InlineData("void M(Pasid pasid, RequesterId? requester, DomainId domain) { }", 0)]
    [InlineData("int PasidBits { get; }", 0)]
    [InlineData("bool HasPasid(uint number) => false;", 0)]
    [InlineData("SortedSet<uint> _pasids; uint pasidCount;", 0)]
    public void Typed_ids(string member, int violations) =>
        Assert.Equal(violations, TypedIdRule.Violations(SourceFile.Parse("src/A/B.cs", $"class C {{ {member} }}")).Count());

    [Theory]
    [InlineData("public int A => _a + _b;", 0)]
    [InlineData("public int A => _a + _a;", 1)]
    [InlineData("public int A => _a; public int B => A + _a;", 1)]
    [InlineData("public int A => _a; public int B => A + _b;", 0)]
    [InlineData("public bool Same(S other) => _a == other._a;", 0)]
    [InlineData("public int A { get { int read = _a; return read + read; } }", 0)]
    [InlineData("public int C { get; } public int A => C + C;", 1)]
    [InlineData("int F() => _a; public int A => F() + this._a;", 1)]
    [InlineData("public static int Sum(S left, S right) => left._a + left._a;", 0)]
    public void Single_reads(string members, int violations) => Assert.Equal(
        violations,
        SingleReadRule.Violations(SourceFile.Parse("src/IoAsid.Typed/S.cs", $"public readonly struct S {{ private readonly int _a; private readonly int _b; {members} }}")).Count());

    [Theory]
    [InlineData("src/IoAsid.Typed.Linux/Interop/Uapi/S.cs", "public uint Flags, Pasid;", 0)]
    [InlineData("src/IoAsid.Typed.Linux/Interop/Uapi/S.cs", "void M(uint pasid) { }", 1)]
    [InlineData("src/IoAsid.Typed.Linux/Interop/S.cs", "public uint Flags, Pasid;", 1)]
    public void Typed_ids_beside_raw_words(string path, string member, int violations) =>
        Assert.Equal(violations, TypedIdRule.Violations(SourceFile.Parse(path, $"struct S {{ {member} }}")).Count());

    [Theory]
    [InlineData("public ValueTask RunAsync() => default;", 1)]
    [InlineData("public Task<int> RunAsync(CancellationToken token, int number) => default;", 1)]
    [InlineData("public ValueTask RunAsync(int number, CancellationToken token = default) => default;", 0)]
    [InlineData("public ValueTask DisposeAsync() => default;", 0)]
    [InlineData("internal ValueTask RunAsync() => default;", 0)]
    public void Waits(string member, int violations) => Assert.Equal(
        violations, GrammarRules.WaitsWithoutToken(SourceFile.Parse("src/IoAsid.Typed.Iommu/C.cs", $"public class C {{ {member} }}")).Count());

    [Theory]
    [InlineData("public Func<int>? F { get; set; }", 1)]
    [InlineData("internal required Action F { get; init; }", 1)]
    [InlineData("public Func<int> F { get; } = null!;", 0)]
    public void Delegates(string member, int violations) => Assert.Equal(
        violations, GrammarRules.SettableDelegates(SourceFile.Parse("src/IoAsid.Typed.Iommu/C.cs", $"class C {{ {member} }}")).Count());

    [Fact]
    public void Factories_of_options_are_no_delegates() => Assert.Empty(
        GrammarRules.SettableDelegates(SourceFile.Parse("src/IoAsid.Typed.Iommu/C.cs", "record C { public Func<int>? F { get; init; } }")));

    [Theory]
    [InlineData("_ = new D();", 1)]
    [InlineData("new D();", 1)]
    [InlineData("D d = new(); d.M();", 0)]
    [InlineData("new D().M();", 0)]
    public void Objects(string statements, int violations) => Assert.Equal(
        violations, GrammarRules.DiscardedObjects(SourceFile.Parse("src/IoAsid.Typed.Iommu/C.cs", $"class C {{ void M() {{ {statements} }} }}")).Count());

    [Theory]
    [InlineData("throw new X(AError.Two);", 0)]
    [InlineData("return e == AError.Two;", 1)]
    [InlineData("return e is AError.Two;", 1)]
    [InlineData("", 1)]
    public void Errors(string statement, int violations) => Assert.Equal(
        violations, GrammarRules.ErrorsNeverProduced([SourceFile.Parse("src/A/B.cs", $"enum AError {{ One, Two }} class C {{ void M() {{ {statement} }} }}")]).Count());

    [Theory]
    [InlineData("Assert.Equal((1, 2), (a, b));", 0)]
    [InlineData("Assert.Equal((1, 2, 3), x);", 1)]
    [InlineData("Assert.Equal((1, 2, 3), (a, b, c));", 2)]
    [InlineData("Check((1, 2, 3));", 0)]
    public void Tuples(string statement, int violations) => Assert.Equal(
        violations, TupleRule.Violations(SourceFile.Parse("tests/A/B.cs", $"class C {{ void M() {{ {statement} }} }}")).Count());

    [Theory]
    [InlineData("class C;", "class C;", 1)]
    [InlineData("class C;", "class C<T>;", 1)]
    [InlineData("class C;", "class D { class C; }", 0)]
    public void Names(string one, string other, int violations)
    {
        Assert.Equal(violations, LayoutRules.RepeatedNames([SourceFile.Parse("src/A/C.cs", one), SourceFile.Parse("src/B/C.cs", other)]).Count());
        Assert.Empty(LayoutRules.RepeatedNames([SourceFile.Parse("src/A/C.cs", one), SourceFile.Parse("src/A/D.cs", other)]));
    }

    [Theory]
    [InlineData("partial class C { int _a; }", "partial class C { void M() { } }", 1)]
    [InlineData("partial class C { int _a; }", "partial class C { const int A = 1; static C One => null; }", 0)]
    [InlineData("partial class C { int _a; }", "partial class C<T> { int _a; }", 0)]
    [InlineData("partial class C { int _a; }", "partial class D { int _a; }", 0)]
    public void Parts(string one, string other, int violations) => Assert.Equal(
        violations, LayoutRules.InSeveralFiles([SourceFile.Parse("src/A/C.cs", $"namespace A; {one}"), SourceFile.Parse("src/A/C.Other.cs", $"namespace A; {other}")]).Count());

    [Theory]
    [InlineData("src/A/B.cs", 0)]
    [InlineData("src/A/B/C/D.cs", 0)]
    [InlineData("src/A/B/C/D/E.cs", 1)]
    public void Depths(string path, int violations) => Assert.Equal(violations, LayoutRules.TooDeep(SourceFile.Parse(path, "")).Count());

    [Theory]
    [InlineData("src/A.B/C/D.cs", "namespace A.B; public class D;", 0)]
    [InlineData("src/A.B/C/D.cs", "namespace A.B.C; public class D;", 1)]
    [InlineData("src/A.B/C/D.cs", "namespace A.B.C; internal class D;", 0)]
    [InlineData("tests/A.B/C/D.cs", "namespace A.B.C; public class D;", 0)]
    public void Namespaces(string path, string code, int violations) =>
        Assert.Equal(violations, LayoutRules.OutsideRootNamespace(SourceFile.Parse(path, code)).Count());

    private static int Count(Func<SourceFile, IEnumerable<string>> rule, string statements) =>
        rule(SourceFile.Parse("src/A/B.cs", $"class B\n{{\n    void F()\n    {{\n{statements}\n    }}\n}}")).Count();
}
