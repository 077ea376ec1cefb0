namespace IoAsid.Typed.Layouts;

/// <summary>
/// Declares a structure that hardware and software share. The attribute is placed on a partial record struct whose fields are
/// partial properties with a <see cref="BitsAttribute"/>; the rest of the structure is generated.
/// </summary>
/// <remarks>
/// The generated part holds the raw bits and implements <see cref="IBitStructure{TSelf, TBits}"/>. A member that the structure
/// declares itself, such as <c>ToString</c> or <c>ReservedMask</c>, is not generated.
/// </remarks>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class BitLayoutAttribute : Attribute
{
    /// <summary>Declares a structure.</summary>
    /// <param name="name">The name in the architecture.</param>
    /// <param name="size">The size in bits: 8, 16, 32, 64, 128, 256 or 512.</param>
    public BitLayoutAttribute(string name, int size)
    {
        Name = name;
        Size = size;
    }

    /// <summary>The name in the architecture.</summary>
    public string Name { get; }

    /// <summary>The size in bits.</summary>
    public int Size { get; }

    /// <summary>
    /// Bits 63:0 of a structure that <c>new()</c> creates, such as the type of a descriptor. All other bits are 0.
    /// </summary>
    public ulong Initial { get; set; }

    /// <summary>
    /// The requirements of the whole structure: a value of an enumeration with <see cref="FlagsAttribute"/>. Without them every
    /// bit of the structure is reserved. One layout uses one enumeration.
    /// </summary>
    public object? Needs { get; set; }

    /// <summary>The first revision of the architecture that has the structure, such as "4.1".</summary>
    public string? Since { get; set; }

    /// <summary>The first revision of the architecture that no longer has the structure, such as "5.0".</summary>
    public string? RemovedIn { get; set; }

    /// <summary>The access kind of each field that does not state its own. Only registers need it.</summary>
    public RegisterAccess Access { get; set; } = RegisterAccess.ReadWrite;
}
