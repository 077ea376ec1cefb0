using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>A write to a register.</summary>
/// <param name="Before">The value before the write.</param>
/// <param name="Written">What software wrote, in the lanes it wrote.</param>
/// <param name="Lanes">Ones where it wrote.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RegisterWrite(ulong Before, ulong Written, ulong Lanes)
{
    /// <summary>Whether the access covered a bit, whatever it wrote there.</summary>
    public bool Covers(int bit) => (Lanes >> bit & 1) != 0;
}
