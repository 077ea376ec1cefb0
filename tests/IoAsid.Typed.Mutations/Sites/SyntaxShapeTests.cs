using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Mutations;

public sealed class SyntaxShapeTests
{
    [Theory]
    [InlineData("_areas[at].Covers(next)", "a[b].c(d)")]
    [InlineData("f(x, x)", "a(b,b)")]
    [InlineData("await _queue.SubmitAsync((uint)id, \"reason\")", "await a.b((T)c,\"\")")]
    [InlineData("$\"{id} is used\"", "$\"{a}\"")]
    [InlineData("_ = new List<int>(0x10) { Capacity = 4 }", "_=new(16){a=4}")]
    public void Shape_of_an_expression_has_letters_for_names(string code, string shape) =>
        Assert.Equal(shape, SyntaxShape.Of(SyntaxFactory.ParseExpression(code)));

    [Theory]
    [InlineData("void Free(uint id) => _table.Clear(id);", "void Release(uint pasid) => _entries.Remove(pasid);", "names")]
    [InlineData("void Free(uint id) => Clear(id);", "internal static int Free(Pasid id) => Clear(id);", "types and modifiers")]
    [InlineData("void F() { if (a) { B(); } }", "void F() { if (a) B(); }", "braces around one statement")]
    [InlineData("A F() { A b = new A(c); return b; }", "A F() { A b = new(c); return b; }", "the type of a new object")]
    [InlineData("void F() { /* why */ throw new A(\"one\"); }", "[Obsolete] void F() { throw new A(\"another\"); }", "texts, comments and attributes")]
    public void Fingerprint_ignores(string before, string after, string difference) =>
        Assert.True(FingerprintOf(before) == FingerprintOf(after), difference);

    [Theory]
    [InlineData("void F() => A(b, c);", "void F() => A(c, c);", "which name is used twice")]
    [InlineData("void F() => A(1);", "void F() => A(2);", "numbers")]
    [InlineData("void F() { A(); B(); }", "void F() { A(); }", "statements")]
    [InlineData("bool F() => a && b;", "bool F() => a || b;", "operators")]
    [InlineData("bool F() => A(true);", "bool F() => A(false);", "constants")]
    public void Fingerprint_depends_on(string before, string after, string difference) =>
        Assert.False(FingerprintOf(before) == FingerprintOf(after), difference);

    private static string FingerprintOf(string member) => SyntaxShape.FingerprintOf(SyntaxFactory.ParseMemberDeclaration(member)!);
}
