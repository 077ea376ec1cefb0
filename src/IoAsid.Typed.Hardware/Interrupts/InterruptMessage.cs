using System.Runtime.InteropServices;

namespace IoAsid.Typed.Hardware;

/// <summary>A message-signalled interrupt: a 4-byte posted write.</summary>
/// <param name="Address">The address of the write, in the interrupt range FEE0_0000h to FEEF_FFFFh.</param>
/// <param name="Data">The value of the write.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct InterruptMessage(ulong Address, uint Data);
