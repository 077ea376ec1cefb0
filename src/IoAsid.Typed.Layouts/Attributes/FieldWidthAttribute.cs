namespace IoAsid.Typed.Layouts;

/// <summary>States how many bits a type that implements <see cref="IFieldValue{TSelf}"/> holds, so that layouts are checked when
/// they are compiled.</summary>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class FieldWidthAttribute : Attribute
{
    /// <summary>States the width.</summary>
    /// <param name="width">The number of bits: 1 to 64.</param>
    public FieldWidthAttribute(int width) => Width = width;

    /// <summary>The number of bits.</summary>
    public int Width { get; }
}
