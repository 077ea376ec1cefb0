using System.Collections.Immutable;
using IoAsid.Typed.Layouts.Generator;
using IoAsid.Typed.Layouts.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Layouts.Tests.Rules;

/// <summary>Each mistake in a declaration is reported once, at the argument or type that is wrong.</summary>
public sealed class LayoutRuleTests
{
    private const string Types = """
        [Flags] public enum Feature { None = 0, Fast = 1, Wide = 4, Both = 5 }
        [Flags] public enum Other { None = 0, One = 1 }
        public enum Plain { None = 0, One = 1 }
        public enum Small : byte { None = 0, Most = 7 }
        public enum Negative { Minus = -1, None = 0 }
        public enum Huge : ulong { None = 0, Most = ulong.MaxValue }
        [FieldWidth(20)] public readonly record struct Tag(uint Number) : IFieldValue<Tag>
        {
            public static Tag FromField(ulong bits) => new((uint)bits);
            public ulong ToField() => Number;
        }
        public readonly record struct Address(ulong Value) : IFieldValue<Address>
        {
            public static Address FromField(ulong bits) => new(bits);
            public ulong ToField() => Value;
        }
        """;

    /// <summary>Fields of a structure of 128 bits, with the expected squiggles.</summary>
    public static TheoryData<string> Fields =>
    [
        // 5001: overlap, at the bits of the later field.
        """[Bits("A", 0, 7)] public partial byte A { get; init; } [Bits("B", {|IOASID5001:7, 8|})] public partial byte B { get; init; }""",
        """[Bits("A", 5)] public partial bool A { get; init; } [Bits("B", {|IOASID5001:5|})] public partial bool B { get; init; }""",
        """[Bits("A", 0, 7)] public partial byte A { get; init; } [Bits("B", highBit: {|IOASID5001:3, lowBit: 2|})] public partial byte B { get; init; }""",
        """[Bits("A", 4, 7)] public partial byte A { get; init; } [Bits("B", {|IOASID5001:0, 63|})] public partial ulong B { get; init; }""",
        """[Bits("A", 0, 7)] public partial byte A { get; init; } [Bits("B", 8, 9)] public partial byte B { get; init; } [Bits("C", 64)] public partial bool C { get; init; }""",

        // 5002: a field that overruns the structure, crosses a word, or has no bits.
        """[Bits("A", {|IOASID5002:128|})] public partial bool A { get; init; }""",
        """[Bits("A", {|IOASID5002:127, 130|})] public partial byte A { get; init; }""",
        """[Bits("A", {|IOASID5002:60, 67|})] public partial byte A { get; init; }""",
        """[Bits("A", {|IOASID5002:-1|})] public partial bool A { get; init; }""",
        """[Bits("A", {|IOASID5002:7, 4|})] public partial byte A { get; init; }""",
        """[Bits(name: "A", lowBit: {|IOASID5002:999|})] public partial bool A { get; init; }""",

        // 5003: one name twice, at the later name.
        """[Bits("A", 0)] public partial bool A { get; init; } [Bits({|IOASID5003:"A"|}, 1)] public partial bool B { get; init; }""",
        """[Bits("A", 0)] public partial bool A { get; init; } [Bits("a", 1)] public partial bool B { get; init; }""",

        // 5004: the type does not hold the bits, or no bits at all.
        """[Bits("A", 0, 8)] public partial {|IOASID5004:byte|} A { get; init; }""",
        """[Bits("A", 0, 1)] public partial {|IOASID5004:bool|} A { get; init; }""",
        """[Bits("A", 0, 31)] public partial {|IOASID5004:int|} A { get; init; }""",
        """[Bits("A", 0, 30)] public partial int A { get; init; }""",
        """[Bits("A", 0, 7)] public partial {|IOASID5004:sbyte|} A { get; init; }""",
        """[Bits("A", 0, 8)] public partial {|IOASID5004:Small|} A { get; init; }""",
        """[Bits("A", 0, 20)] public partial {|IOASID5004:Tag|} A { get; init; }""",
        """[Bits("A", 0, 19)] public partial Tag A { get; init; } [Bits("B", 64, 127)] public partial Address B { get; init; }""",
        """[Bits("A", 0, 3)] public partial {|IOASID5004:string|} A { get; init; }""",
        """[Bits("A", 0, 3)] public partial {|IOASID5004:byte?|} A { get; init; }""",
        """[Bits("A", 0, 3)] public partial {|IOASID5004:char|} A { get; init; }""",
        """[Bits("A", 12, 51, Content = FieldContent.Address)] public partial {|IOASID5004:uint|} A { get; init; }""",
        """[Bits("A", 12, 31, Content = FieldContent.Address)] public partial uint A { get; init; }""",
        """[Bits("A", 76, 127, Content = FieldContent.HostAddress)] public partial Address A { get; init; }""",

        // 5005: an enumeration with values that do not fit.
        """[Bits("A", 0, 1)] public partial {|IOASID5005:Small|} A { get; init; }""",
        """[Bits("A", 0, 2)] public partial Small A { get; init; }""",
        """[Bits("A", 0, 20)] public partial {|IOASID5005:Negative|} A { get; init; }""",
        """[Bits("A", 0, 62)] public partial {|IOASID5005:Huge|} A { get; init; }""",
        """[Bits("A", 0, 63)] public partial Huge A { get; init; }""",
        """[Bits("A", 0)] public partial Plain A { get; init; }""",

        // 5006: a property that the generator cannot implement.
        """[Bits("A", 0)] public bool {|IOASID5006:A|} { get; init; }""",
        """[Bits("A", 0)] public bool {|IOASID5006:A|} => true;""",
        """[Bits("A", 0)] public partial bool {|IOASID5006:A|} { get; set; }""",
        """[Bits("A", 0)] public static bool {|IOASID5006:A|} { get; }""",
        """[Bits("A", 0)] public bool {|IOASID5006:this|}[int index] => true;""",

        // 5008: requirements and revisions.
        """[Bits("A", 0, Needs = Feature.Fast | Feature.Wide)] public partial bool A { get; init; } [Bits("B", 1, Needs = Feature.Both)] public partial bool B { get; init; }""",
        """[Bits("A", 0, Needs = {|IOASID5008:(Feature)2|})] public partial bool A { get; init; }""",
        """[Bits("A", 0, Needs = {|IOASID5008:1|})] public partial bool A { get; init; }""",
        """[Bits("A", 0, Needs = {|IOASID5008:"Fast"|})] public partial bool A { get; init; }""",
        """[Bits("A", 0, Needs = {|IOASID5008:typeof(int)|})] public partial bool A { get; init; }""",
        """[Bits("A", 0, Needs = {|IOASID5008:Plain.One|})] public partial bool A { get; init; }""",
        """[Bits("A", 0, Needs = null)] public partial bool A { get; init; }""",
        """[Bits("A", 0, Needs = Feature.Fast)] public partial bool A { get; init; } [Bits("B", 1, Needs = {|IOASID5008:Other.One|})] public partial bool B { get; init; }""",
        """[Bits("A", 0, Since = "4.1", RemovedIn = "5.10")] public partial bool A { get; init; }""",
        """[Bits("A", 0, Since = {|IOASID5008:"five"|})] public partial bool A { get; init; }""",
        """[Bits("A", 0, RemovedIn = {|IOASID5008:"4"|})] public partial bool A { get; init; }""",
        """[Bits("A", 0, Since = "5.10", RemovedIn = {|IOASID5008:"5.9"|})] public partial bool A { get; init; }""",
        """[Bits("A", 0, Since = "5.0", RemovedIn = {|IOASID5008:"5.0"|})] public partial bool A { get; init; }""",

        // Several fields with one value: each has its own place, and the type holds all of them.
        """[Bits("A", 0, 3), Bits("B", 64, 67)] public partial byte A { get; init; } [Bits("C", 4, 7)] public partial byte C { get; init; }""",
        """[Bits("A", 0, 3), Bits("B", {|IOASID5001:2, 5|})] public partial byte A { get; init; }""",
        """[Bits("A", 0, 3), Bits("B", {|IOASID5002:128|})] public partial byte A { get; init; }""",
        """[Bits("A", 0, 3), Bits({|IOASID5003:"A"|}, 4)] public partial byte A { get; init; }""",
        """[Bits("A", 0, 3), Bits("B", 4, 8)] public partial {|IOASID5004:byte|} A { get; init; }""",
        """[Bits("A", 0), Bits("B", 1)] public partial {|IOASID5004:bool|} A { get; init; }""",
        """[Bits("A", 0, 63), Bits("B", 64)] public partial {|IOASID5004:ulong|} A { get; init; }""",
        """[Bits("A", 12, 20, Content = FieldContent.Address), Bits("B", 21)] public partial {|IOASID5004:ulong|} A { get; init; }""",
        """[Bits("A", 0), Bits("B", 65)] public partial {|IOASID5005:Small|} A { get; init; }""",
        """[Bits("A", 0), Bits("B", 65, 66)] public partial Small A { get; init; }""",
        """[Bits("A", 0), Bits("B", 1)] public byte {|IOASID5006:A|} { get; init; }""",
        """[Bits("A", 0), Bits("B", 1, Needs = {|IOASID5008:1|})] public partial byte A { get; init; }""",

        // A property without an attribute is no field of a layout.
        """[Bits("A", 0)] public partial bool A { get; init; } public bool B => A; public int C { get; init; }""",
    ];

    public static TheoryData<string> Structures =>
    [
        // 5006: a structure, or a type around it, that the generator cannot extend.
        """[BitLayout("A", 64)] public record struct {|IOASID5006:S|};""",
        """[BitLayout("A", 64)] public partial struct {|IOASID5006:S|};""",
        """public class Outer { [BitLayout("A", 64)] public partial record struct {|IOASID5006:S|}; }""",
        """public partial class Outer { public class Middle { [BitLayout("A", 64)] public partial record struct {|IOASID5006:S|}; } }""",
        """public partial class Outer { [BitLayout("A", 64)] public partial record struct S; }""",

        // 5007: a size that no container has.
        """[BitLayout("A", {|IOASID5007:48|})] public partial record struct S;""",
        """[BitLayout(size: {|IOASID5007:0|}, name: "A")] public partial record struct S;""",
        """[BitLayout("A", {|IOASID5007:-8|})] public partial record struct S;""",
        """[BitLayout("A", {|IOASID5007:1024|})] public partial record struct S { [Bits("F", 900)] public partial bool F { get; init; } }""",
        """[BitLayout("A", 8)] public partial record struct S { [Bits("F", {|IOASID5002:8|})] public partial bool F { get; init; } }""",

        // 5002: an initial value that overruns the structure.
        """[BitLayout("A", 8, Initial = {|IOASID5002:0x100|})] public partial record struct S;""",
        """[BitLayout("A", 32, Initial = {|IOASID5002:1UL << 32|})] public partial record struct S;""",
        """[BitLayout("A", 8, Initial = 0xFF)] public partial record struct S;""",
        """[BitLayout("A", 64, Initial = ulong.MaxValue)] public partial record struct S;""",

        // 5008: the requirements of the whole structure.
        """[BitLayout("A", 64, Needs = {|IOASID5008:5|})] public partial record struct S;""",
        """[BitLayout("A", 64, Needs = Feature.Fast)] public partial record struct S { [Bits("F", 0, Needs = {|IOASID5008:Other.One|})] public partial bool F { get; init; } }""",
        """[BitLayout("A", 64, Since = {|IOASID5008:""|})] public partial record struct S;""",

        // All parts of a structure are one layout.
        """[BitLayout("A", 64)] public partial record struct S { [Bits("F", 0)] public partial bool F { get; init; } } partial record struct S { [Bits("G", {|IOASID5001:0|})] public partial bool G { get; init; } }""",

        // A structure without [BitLayout] is not checked.
        """public record struct S { public bool F { get; init; } }""",
    ];

    [Theory]
    [MemberData(nameof(Fields))]
    public Task Fields_are_checked(string fields) =>
        VerifyAsync($"{Types}\n[BitLayout(\"Entry\", 128)] public readonly partial record struct Entry {{ {fields} }}");

    [Theory]
    [MemberData(nameof(Structures))]
    public Task Structures_are_checked(string code) => VerifyAsync($"{Types}\n{code}");

    [Theory]
    [InlineData("""[Bits("A", 0, 7)] public partial byte A { get; init; } [Bits("B", 4)] public partial bool B { get; init; }""", "A[7:0] and B[4] of 'Entry' overlap; each bit belongs to one field")]
    [InlineData("""[Bits("A", 60, 67)] public partial byte A { get; init; }""", "A[67:60] crosses from one 64-bit word to the next; split it at bit 64")]
    [InlineData("""[Bits("A", 130)] public partial bool A { get; init; }""", "A[130] overruns 'Entry', which has 128 bits")]
    [InlineData("""[Bits("A", 9, 2)] public partial byte A { get; init; }""", "A[2:9] ends below its lowest bit; write [Bits(name, 2, 9)]")]
    [InlineData("""[Bits("A", 0, 31)] public partial int A { get; init; }""", "A[31:0] has 32 bits; 'int' holds 31 bits because fields are unsigned")]
    [InlineData("""[Bits("A", 12, 51, Content = FieldContent.Address)] public partial uint A { get; init; }""", "A[51:12] has address bits up to bit 51; 'uint' holds 32 bits")]
    [InlineData("""[Bits("A", 0, 1)] public partial Small A { get; init; }""", "A[1:0] holds 0 to 3; 'Small.Most' is 7")]
    [InlineData("""[Bits("A", 0, 3), Bits("B", 7, 11)] public partial byte A { get; init; }""", "A[3:0] with B[11:7] has 9 bits; 'byte' holds 8 bits")]
    [InlineData("""[Bits("A", 0), Bits("B", 64)] public partial Small A { get; init; }""", "A[0] with B[64] holds 0 to 3; 'Small.Most' is 7")]
    [InlineData("""[Bits("A", 0), Bits("B", 12, Content = FieldContent.Address)] public partial byte A { get; init; }""", "A[0] with B[12] cannot hold an address in place; only a field with one [Bits] can")]
    [InlineData("""[Bits("A", 0)] public bool A { get; init; }""", "'A' is not partial, so its accessors cannot be generated")]
    [InlineData("""[Bits("A", 0, Needs = (Feature)18)] public partial bool A { get; init; }""", "A[0] needs 0x12, which no member of 'Feature' has")]
    [InlineData("""[Bits("A", 0, Since = "x")] public partial bool A { get; init; }""", "A[0]: 'x' is not a revision; write a number such as \"4.1\"")]
    public async Task Messages_name_the_bits_and_the_remedy(string fields, string message)
    {
        ImmutableArray<Diagnostic> found = await TestProject
            .Compile(Types, $"[BitLayout(\"Entry\", 128)] public readonly partial record struct Entry {{ {fields} }}")
            .WithAnalyzers([new LayoutAnalyzer()])
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);

        Assert.Equal(message, Assert.Single(found).GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("false", 0)]
    [InlineData("False", 0)]
    [InlineData("true", 1)]
    [InlineData("", 1)]
    public async Task A_property_switches_the_rules_off(string enabled, int count)
    {
        AnalyzerConfigOptionsProvider options = new BuildOption("build_property.EnableIoAsidAnalyzers", enabled);
        ImmutableArray<Diagnostic> found = await TestProject
            .Compile("[BitLayout(\"A\", 7)] public partial record struct S;")
            .WithAnalyzers([new LayoutAnalyzer()], new AnalyzerOptions([], options))
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);

        Assert.Equal(count, found.Length);
    }

    private static Task VerifyAsync(string code) => new RuleTest(code).RunAsync(TestContext.Current.CancellationToken);
}
