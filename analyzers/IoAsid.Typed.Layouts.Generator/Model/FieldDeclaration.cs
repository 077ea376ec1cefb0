using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Layouts.Generator;

/// <summary>
/// A <c>[Bits]</c> attribute of a property, as it is written. A property with several holds one value; the first has its lowest bits.
/// </summary>
internal sealed class FieldDeclaration
{
    private const int WordBits = 64;

    private FieldDeclaration(IPropertySymbol property, AttributeData attribute, List<FieldDeclaration> slices)
    {
        Slices = slices;
        Property = property;
        Attribute = attribute;
        ImmutableArray<TypedConstant> arguments = attribute.ConstructorArguments;
        Name = arguments.Length > 0 && arguments[0].Value is string name ? name : property.Name;
        LowBit = arguments.Length > 1 && arguments[1].Value is int low ? low : 0;
        HighBit = arguments.Length > 2 && arguments[2].Value is int high ? high : LowBit;
        Type = FieldType.Of(property.Type);
    }

    public IPropertySymbol Property { get; }

    /// <summary>All attributes of the property, this one included.</summary>
    public IReadOnlyList<FieldDeclaration> Slices { get; }

    /// <summary>Gets a value indicating whether the attribute is the first of its property, which represents the property.</summary>
    public bool IsFirst => Slices[0] == this;

    /// <summary>The number of bits of the property's value.</summary>
    public int TotalWidth => Slices.Sum(slice => slice.Width);

    /// <summary>Gets a value indicating whether the property has no more than one attribute, or attributes whose content is a value.</summary>
    public bool CanBeSliced => Slices.Count == 1 || Slices.All(slice => !slice.IsAddress);

    public AttributeData Attribute { get; }

    /// <summary>The name in the architecture.</summary>
    public string Name { get; }

    public int LowBit { get; }

    public int HighBit { get; }

    public int Width => HighBit - LowBit + 1;

    public FieldType Type { get; }

    /// <summary>Gets a value indicating whether the field has 1 to 64 bits inside one word.</summary>
    public bool IsInsideWord => LowBit >= 0 && HighBit >= LowBit && LowBit / WordBits == HighBit / WordBits;

    /// <summary>Gets a value indicating whether the generator can implement the property: a partial declaration of an instance property.</summary>
    public bool CanBeImplemented => Property is { IsPartialDefinition: true, IsStatic: false, IsIndexer: false, ReturnsByRef: false, ReturnsByRefReadonly: false };

    /// <summary>Gets a value indicating whether the content is an address, in place.</summary>
    public bool IsAddress => Content != FieldPart.Value;

    /// <summary>The meaning of the bits.</summary>
    public FieldPart Content => Constant("Content") switch
    {
        1 => FieldPart.Address,
        2 => FieldPart.HostAddress,
        _ => FieldPart.Value,
    };

    /// <summary>The number of bits that the type must hold.</summary>
    public int NeededWidth => IsAddress ? (HighBit % WordBits) + 1 : TotalWidth;

    /// <summary>The names and the bits of all attributes of the property.</summary>
    public string Description => string.Join(" with ", Slices);

    /// <summary>Returns the fields of a structure, in the order of their declaration.</summary>
    public static List<FieldDeclaration> AllOf(INamedTypeSymbol structure)
    {
        List<FieldDeclaration> fields = [];
        foreach (ISymbol member in structure.GetMembers())
        {
            if (member is IPropertySymbol { PartialDefinitionPart: null } property)
                fields.AddRange(AllOf(property));
        }

        return fields;
    }

    private static List<FieldDeclaration> AllOf(IPropertySymbol property)
    {
        List<FieldDeclaration> slices = [];
        foreach (AttributeData attribute in LayoutMarks.FindAll(property, LayoutMarks.Bits))
            slices.Add(new(property, attribute, slices));

        return slices;
    }

    /// <summary>Returns the number that a named argument of an enumeration type has; null without it.</summary>
    public int? Constant(string argument) => Constant(Attribute, argument);

    public static int? Constant(AttributeData attribute, string argument)
    {
        foreach (KeyValuePair<string, TypedConstant> named in attribute.NamedArguments)
        {
            if (string.Equals(named.Key, argument, StringComparison.Ordinal) && named.Value.Value is int value)
                return value;
        }

        return null;
    }

    /// <summary>Returns the name and the bits, as in <c>DID[79:64]</c>.</summary>
    public override string ToString() => HighBit == LowBit ? $"{Name}[{LowBit}]" : $"{Name}[{HighBit}:{LowBit}]";
}
