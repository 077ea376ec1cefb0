using System.Collections.Immutable;
using IoAsid.Typed.Layouts.Tests.Verification;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Layouts.Tests.Generating;

/// <summary>The generated code compiles without a warning for a structure at any place and with any error.</summary>
public sealed class GeneratorTests
{
    [Fact]
    public void Shifts_and_masks_are_written_out()
    {
        string code = Assert.Single(Generation.Of(
            """
            namespace Device;
            [BitLayout("Entry", 128)]
            public readonly partial record struct Entry
            {
                [Bits("P", 64)] public partial bool Present { get; init; }
                [Bits("DID", 72, 87)] public partial ushort Domain { get; init; }
                [Bits("N", 4, 6)] public partial byte Number { get; init; }
                [Bits("ADDR", 12, 63, Content = FieldContent.Address)] public partial ulong Address { get; init; }
            }
            """,
            out ImmutableArray<Diagnostic> problems)).Value;

        Assert.Empty(problems);
        Assert.Contains("get => (Bits.High & FieldMasks.Present) != 0;", code, StringComparison.Ordinal);
        Assert.Contains("ulong changed = value ? Bits.High | FieldMasks.Present : Bits.High & ~FieldMasks.Present;", code, StringComparison.Ordinal);
        Assert.Contains("Bits = Bits with { High = changed };", code, StringComparison.Ordinal);
        Assert.Contains("get => unchecked((ushort)((Bits.High >> 8) & 0xFFFFUL));", code, StringComparison.Ordinal);
        Assert.Contains("if (raw > 0x7UL)", code, StringComparison.Ordinal);
        Assert.DoesNotContain("if (raw > 0xFFFFUL)", code, StringComparison.Ordinal);
        Assert.Contains("get => unchecked((ulong)(Bits.Low & FieldMasks.Address));", code, StringComparison.Ordinal);
        Assert.Contains("public const ulong Domain = 0xFFFF00UL;", code, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_in_several_fields_is_joined_and_split_in_place()
    {
        string code = Assert.Single(Generation.Of(
            """
            [BitLayout("Entry", 128, Initial = 2)]
            public readonly partial record struct Entry
            {
                [Bits("LOW", 0, 3), Bits("HIGH", 73, 75)] public partial byte Type { get; init; }
            }
            """,
            out ImmutableArray<Diagnostic> problems)).Value;

        Assert.Empty(problems);
        Assert.Contains("get => unchecked((byte)((((Bits.Low >> 0) & 0xFUL) << 0) | (((Bits.High >> 9) & 0x7UL) << 4)));", code, StringComparison.Ordinal);
        Assert.Contains("if (raw > 0x7FUL)", code, StringComparison.Ordinal);
        Assert.Contains("Bits = Bits with { High = (Bits.High & ~0xE00UL) | (((raw >> 4) & 0x7UL) << 9) };", code, StringComparison.Ordinal);
        Assert.Contains(": this(new global::IoAsid.Typed.Layouts.Bits128(0x2, 0))", code, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[BitLayout(\"A\", 512, Initial = 1)] public readonly partial record struct S<T> { }")]
    [InlineData("[BitLayout(\"A\", 64, Initial = 1)] public readonly partial record struct S { public S() : this((Bits64)5) { } }")]
    [InlineData("[BitLayout(\"A\", 8)] public readonly partial record struct S { }")]
    [InlineData("namespace N { [BitLayout(\"A\", 8)] internal partial record struct S { [Bits(\"F\", 0)] internal partial bool F { get; } } }")]
    [InlineData("partial class C<T> { partial struct D { partial record E { partial interface I { [BitLayout(\"A\", 8)] private readonly partial record struct S<U> { [Bits(\"F\", 0)] public partial bool F { get; init; } } } } } }")]
    [InlineData("[BitLayout(\"A\", 64)] public readonly partial record struct S(Bits64 Bits) { [Bits(\"F\", 0)] public partial bool @event { get; init; } }")]
    [InlineData("[BitLayout(\"A\", 64)] readonly partial record struct S { [Bits(\"F\", 0)] public required partial bool F { get; init; } }")]
    [InlineData("[BitLayout(\"A\", 64)] public readonly partial record struct S { [Bits(\"F\", 0)] public partial bool F { get; internal init; } [Bits(\"G\", 1)] public partial bool G { private get; init; } }")]
    [InlineData("namespace IoAsid.Other { enum System { X } [BitLayout(\"A\", 64)] readonly partial record struct S { [Bits(\"F\", 0)] public partial System F { get; init; } } }")]
    [InlineData("[BitLayout(\"A\", 64)] readonly partial record struct S { [Bits(\"F\", 0)] public partial bool F { get; init; } } partial record struct S { [Bits(\"G\", 1)] public partial bool G { get; init; } }")]
    public void A_structure_is_completed_wherever_it_is(string code)
    {
        Generation.Of(code, out ImmutableArray<Diagnostic> problems);

        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("65", "\"F\", 0", "bool")]
    [InlineData("0", "\"F\", 0", "bool")]
    [InlineData("-1", "\"F\", 0", "bool")]
    [InlineData("4096", "\"F\", 0", "bool")]
    [InlineData("64", "\"F\", 64", "bool")]
    [InlineData("64", "\"F\", -1", "bool")]
    [InlineData("64", "\"F\", 5, 4", "byte")]
    [InlineData("128", "\"F\", 63, 64", "byte")]
    [InlineData("128", "\"F\", 0, 200", "ulong")]
    [InlineData("64", "\"F\", int.MinValue, int.MaxValue", "ulong")]
    [InlineData("64", "\"F\", 0, 40", "byte")]
    [InlineData("64", "\"F\", 0, 40", "string")]
    [InlineData("64", "\"F\", 0, 40", "decimal")]
    [InlineData("64", "\"F\", 0), Bits(\"G\", 1", "bool")]
    [InlineData("64", "\"F\", 0, 3), Bits(\"G\", 2, int.MaxValue", "byte")]
    [InlineData("128", "\"F\", 0, 63), Bits(\"G\", 64, 127", "ulong")]
    [InlineData("128", "\"F\", 0, 3), Bits(\"G\", 76, 80, Content = FieldContent.Address", "ulong")]
    [InlineData("8, Initial = 0x100", "\"F\", 0", "bool")]
    [InlineData("64", "null!, 0", "bool")]
    [InlineData("64", "\"F\", 0, Needs = 5", "bool")]
    [InlineData("64", "\"F\", 0, Since = \"five\"", "bool")]
    [InlineData("64", "\"F\", 0, Content = (FieldContent)77", "bool")]
    [InlineData("64", "\"F\", 0, 7, Content = FieldContent.Address", "DayOfWeek")]
    public void A_mistake_in_a_declaration_gives_code_that_compiles(string size, string bits, string type)
    {
        string code = $$"""
            [BitLayout("Entry", {{size}})]
            public readonly partial record struct Entry
            {
                [Bits({{bits}})] public partial {{type}} Field { get; init; }
            }
            """;
        Generation.Of(code, out ImmutableArray<Diagnostic> problems);

        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("class")]
    [InlineData("struct")]
    [InlineData("partial struct")]
    [InlineData("record")]
    [InlineData("record struct")]
    public void Nothing_is_generated_for_types_other_than_partial_record_structs(string kind)
    {
        Assert.Empty(Generation.Of($"[BitLayout(\"A\", 8)] public {kind} S {{ }}", out _));
        Assert.Empty(Generation.Of($"public class Outer {{ [BitLayout(\"A\", 8)] public partial record struct S; }}", out _));
    }

    [Fact]
    public void Code_without_layouts_generates_nothing() => Assert.Empty(Generation.Of("public readonly partial record struct S;", out _));
}
