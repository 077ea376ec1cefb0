using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>A write to a register.</summary>
/// <param name="Before">The value before the write.</param>
/// <param name="Written">The written value, in the bits of the access.</param>
/// <param name="Lanes">The mask of the bits of the access.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RegisterWrite(ulong Before, ulong Written, ulong Lanes)
{
    /// <summary>Returns true if the access included a bit.</summary>
    public bool Covers(int bit) => (Lanes >> bit & 1) != 0;
}
