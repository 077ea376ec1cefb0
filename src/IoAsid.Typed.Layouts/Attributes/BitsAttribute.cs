namespace IoAsid.Typed.Layouts;

/// <summary>Declares a field of a structure: its name in the architecture and its bits.</summary>
/// <remarks>
/// The attribute is placed on a partial property of type <see cref="bool"/> (one bit), an integer, an enumeration or a type that
/// implements <see cref="IFieldValue{TSelf}"/>. A field lies inside one 64-bit word. A property with several attributes holds one
/// value that the architecture splits into several fields; the first field has its lowest bits.
/// </remarks>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class BitsAttribute : Attribute
{
    /// <summary>Declares a field of one bit.</summary>
    /// <param name="name">The name in the architecture.</param>
    /// <param name="lowBit">The bit, counted over the whole structure.</param>
    public BitsAttribute(string name, int lowBit)
        : this(name, lowBit, lowBit)
    {
    }

    /// <summary>Declares a field of several bits.</summary>
    /// <param name="name">The name in the architecture.</param>
    /// <param name="lowBit">The lowest bit, counted over the whole structure.</param>
    /// <param name="highBit">The highest bit, counted over the whole structure.</param>
    public BitsAttribute(string name, int lowBit, int highBit)
    {
        Name = name;
        LowBit = lowBit;
        HighBit = highBit;
    }

    /// <summary>The name in the architecture.</summary>
    public string Name { get; }

    /// <summary>The lowest bit, counted over the whole structure.</summary>
    public int LowBit { get; }

    /// <summary>The highest bit, counted over the whole structure.</summary>
    public int HighBit { get; }

    /// <summary>The meaning of the bits: a value, or an address in place.</summary>
    public FieldContent Content { get; set; }

    /// <summary>
    /// The requirements of the field: a value of an enumeration with <see cref="FlagsAttribute"/>. Without them the bits are
    /// reserved. One layout uses one enumeration.
    /// </summary>
    public object? Needs { get; set; }

    /// <summary>The first revision of the architecture that has the field, such as "4.1".</summary>
    public string? Since { get; set; }

    /// <summary>The first revision of the architecture that no longer has the field, such as "5.0".</summary>
    public string? RemovedIn { get; set; }

    /// <summary>The access kind of the field; by default that of the structure.</summary>
    public RegisterAccess Access { get; set; }
}
