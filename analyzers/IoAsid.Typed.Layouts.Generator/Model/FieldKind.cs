namespace IoAsid.Typed.Layouts.Generator;

/// <summary>The kinds of types that a field may have.</summary>
internal enum FieldKind
{
    /// <summary>No field type.</summary>
    None,

    /// <summary>One bit.</summary>
    Boolean,

    /// <summary>A built-in integer.</summary>
    Integer,

    /// <summary>An enumeration.</summary>
    Enumeration,

    /// <summary>A type that implements <c>IFieldValue</c>.</summary>
    Value,
}
