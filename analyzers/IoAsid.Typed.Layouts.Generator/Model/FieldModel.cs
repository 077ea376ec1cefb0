namespace IoAsid.Typed.Layouts.Generator;

/// <summary>All that the generated code of a field depends on.</summary>
/// <param name="Property">The name of the property.</param>
/// <param name="Modifiers">The modifiers of the property before <c>partial</c>, with a blank after each.</param>
/// <param name="Type">The type of the property, fully qualified.</param>
/// <param name="Kind">The kind of the type.</param>
/// <param name="TypeWidth">The number of bits that the type holds.</param>
/// <param name="Getter">The getter up to its body, with modifiers; null without one.</param>
/// <param name="Setter">The setter up to its body, with modifiers; null without one.</param>
/// <param name="Content">The member of <c>FieldContent</c>.</param>
/// <param name="Description">The names and the bits.</param>
/// <param name="Slices">The bits: one slice, or several, of which the first has the lowest bits of the value.</param>
internal sealed record FieldModel(
    string Property,
    string Modifiers,
    string Type,
    FieldKind Kind,
    int TypeWidth,
    string? Getter,
    string? Setter,
    FieldPart Content,
    string Description,
    EquatableArray<FieldSlice> Slices);
