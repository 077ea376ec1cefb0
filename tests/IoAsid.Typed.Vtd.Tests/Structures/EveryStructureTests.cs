using System.Reflection;
using CsCheck;

namespace IoAsid.Typed.Vtd.Tests.Structures;

/// <summary>Properties of every table entry, descriptor and register value.</summary>
public sealed class EveryStructureTests
{
    private const int Tries = 200;

    public static TheoryData<string> Names => Structure.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_field_reads_back_what_was_written_and_leaves_all_other_bits(string name)
    {
        var structure = Structure.Of(name);
        Gen.Select(Bits(structure), OneOf(structure.Layout.Fields), Gen.ULong).Sample((words, field, random) =>
        {
            ulong value = random & field.MaximumValue;
            ulong[] written = structure.With(words, field, value);

            Assert.Equal(value, structure.Get(written, field));
            Assert.Equal(Outside(words, field), Outside(written, field));
        }, iter: Tries);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_property_reads_back_what_was_written_and_leaves_all_other_bits(string name)
    {
        var structure = Structure.Of(name);
        Gen.Select(Bits(structure), Bits(structure), OneOf(structure.FieldProperties)).Sample((from, to, property) =>
        {
            object? value = property.GetValue(structure.Decode(from));
            ulong[] written = structure.Set(to, property, value);

            Assert.Equal(value, property.GetValue(structure.Decode(written)));
            Assert.Equal(from.Zip(Reach(structure, property), (word, mask) => word & mask), written.Zip(Reach(structure, property), (word, mask) => word & mask));
            Assert.Equal(to.Zip(Reach(structure, property), (word, mask) => word & ~mask), written.Zip(Reach(structure, property), (word, mask) => word & ~mask));
        }, iter: Tries);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_declared_field_has_exactly_one_property(string name)
    {
        var structure = Structure.Of(name);
        (PropertyInfo Property, string[] Fields)[] declared =
        [
            .. structure.FieldProperties.Select(property => (property, property.GetCustomAttributes<BitsAttribute>().Select(bits => bits.Name).ToArray())),
        ];

        Assert.Equal(structure.Layout.Fields.Select(field => field.Name).Order(StringComparer.Ordinal), declared.SelectMany(one => one.Fields).Order(StringComparer.Ordinal));
        Assert.All(declared, one => Assert.Equal(
            one.Fields.Aggregate(Zeros(structure), (words, field) => structure.With(words, structure.Layout[field], structure.Layout[field].MaximumValue)),
            Reach(structure, one.Property)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Undeclared_bits_are_reserved_with_and_without_capabilities(string name)
    {
        var structure = Structure.Of(name);
        ulong[] declared = Zeros(structure);
        foreach (BitField field in structure.Layout.Fields)
            declared[field.Word] |= field.Mask;

        // Some fields exist up to revision 3 only, and others from later revisions on.
        IEnumerable<ulong> older = structure.Reserved(Units.Everything with { Revision = VtdRevision.Three, HostAddressWidth = 64 });
        IEnumerable<ulong> newer = structure.Reserved(Units.Everything with { Revision = VtdRevision.Five10, HostAddressWidth = 64 });
        Assert.Equal(declared.Select(word => ~word), older.Zip(newer, (one, other) => one & other));
        Assert.All(structure.Reserved(Units.Nothing).Zip(declared), word => Assert.Equal(ulong.MaxValue, word.First | word.Second));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_text_of_a_structure_names_every_field_and_its_undeclared_bits(string name)
    {
        var structure = Structure.Of(name);
        string text = structure.Decode(Zeros(structure)).ToString()!;

        Assert.StartsWith(structure.Layout.Name + ":", text, StringComparison.Ordinal);
        Assert.All(structure.Layout.Fields, field => Assert.Contains($" {field.Name}=0", text, StringComparison.Ordinal));
        Assert.DoesNotContain("reserved", text, StringComparison.Ordinal);
    }

    private static Gen<ulong[]> Bits(Structure structure) => Gen.ULong.Array[structure.Words];

    private static Gen<T> OneOf<T>(IReadOnlyList<T> choices) => Gen.Int[0, choices.Count - 1].Select(index => choices[index]);

    private static ulong[] Zeros(Structure structure) => new ulong[structure.Words];

    /// <summary>Returns the bits of a structure of zeros after the property was set to all ones.</summary>
    private static ulong[] Reach(Structure structure, PropertyInfo property)
    {
        ulong[] ones = [.. Zeros(structure).Select(word => ~word)];
        return structure.Set(Zeros(structure), property, property.GetValue(structure.Decode(ones)));
    }

    private static IEnumerable<ulong> Outside(ulong[] words, BitField field) =>
        words.Select((word, index) => index == field.Word ? word & ~field.Mask : word);
}
