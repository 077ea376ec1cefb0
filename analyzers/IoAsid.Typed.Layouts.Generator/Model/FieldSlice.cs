namespace IoAsid.Typed.Layouts.Generator;

/// <summary>The bits of one <c>[Bits]</c> attribute.</summary>
/// <param name="Name">The name in the architecture.</param>
/// <param name="LowBit">The lowest bit.</param>
/// <param name="Width">The number of bits.</param>
/// <param name="Access">The number of the member of <c>RegisterAccess</c>.</param>
/// <param name="Demands">The conditions under which the field exists.</param>
internal sealed record FieldSlice(string Name, int LowBit, int Width, int Access, Demands Demands);
