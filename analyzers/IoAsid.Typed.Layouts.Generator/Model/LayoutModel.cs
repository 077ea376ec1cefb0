namespace IoAsid.Typed.Layouts.Generator;

/// <summary>All that the generated part of a structure depends on. Compared by value; holds nothing of a compilation.</summary>
/// <param name="Namespace">The namespace; empty for the global one.</param>
/// <param name="Containers">The declarations of the types around the structure, outermost first.</param>
/// <param name="Structure">The name of the structure with its type parameters.</param>
/// <param name="FileName">The name of the generated file.</param>
/// <param name="HasParameters">Whether the structure declares its primary constructor itself.</param>
/// <param name="Container">The width of the container of raw bits.</param>
/// <param name="Name">The name in the architecture.</param>
/// <param name="Size">The size in bits.</param>
/// <param name="Initial">Bits 63:0 of a new structure, if it differs from the default one and the constructor is generated.</param>
/// <param name="Demands">The conditions under which the structure exists.</param>
/// <param name="Fields">The fields.</param>
/// <param name="Declared">The names of members that the structure declares itself and that are not generated therefore.</param>
internal sealed record LayoutModel(
    string Namespace,
    EquatableArray<string> Containers,
    string Structure,
    string FileName,
    bool HasParameters,
    int Container,
    string Name,
    int Size,
    ulong Initial,
    Demands Demands,
    EquatableArray<FieldModel> Fields,
    EquatableArray<string> Declared);
