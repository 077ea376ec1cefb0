namespace IoAsid.Typed.Layouts;

/// <summary>The meaning of the bits of a field.</summary>
public enum FieldContent
{
    /// <summary>A number, counted from the lowest bit of the field.</summary>
    Value,

    /// <summary>An address, in place: its low bits are not stored.</summary>
    Address,

    /// <summary>An address of host memory, in place: its bits at and above the host address width are reserved.</summary>
    HostAddress,
}
