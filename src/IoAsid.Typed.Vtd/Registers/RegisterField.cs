namespace IoAsid.Typed.Vtd;

/// <summary>A field of a register and what software can do with it.</summary>
/// <param name="Field">The field, as its layout declares it.</param>
/// <param name="Access">What software can do with it.</param>
public readonly record struct RegisterField(BitField Field, RegisterAccess Access);
