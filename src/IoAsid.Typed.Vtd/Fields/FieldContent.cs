namespace IoAsid.Typed.Vtd;

/// <summary>What the bits of a field are.</summary>
public enum FieldContent
{
    /// <summary>A number, counted from the field's lowest bit.</summary>
    Value,

    /// <summary>An address, in place: its low bits are not stored.</summary>
    Address,

    /// <summary>An address of host memory, in place: its bits at and above the host address width are reserved.</summary>
    HostAddress,
}
