namespace IoAsid.Typed.Vtd;

/// <summary>CMD of VCMD.</summary>
public enum VirtualCommand
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Allocate a PASID: the result.</summary>
    AllocatePasid = 1,

    /// <summary>Free a PASID: the operand.</summary>
    FreePasid = 2,
}
