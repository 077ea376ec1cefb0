namespace IoAsid.Typed.Layouts.Generator;

/// <summary>The members of <c>FieldContent</c>.</summary>
internal enum FieldPart
{
    /// <summary>A number.</summary>
    Value,

    /// <summary>An address, in place.</summary>
    Address,

    /// <summary>A host address, in place.</summary>
    HostAddress,
}
