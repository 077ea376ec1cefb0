using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>A message on a link.</summary>
/// <param name="Message">The message.</param>
/// <param name="Payload">What it carries, from the fabric's pool.</param>
/// <param name="PostedBefore">How many posted messages were sent on the link before it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct InFlight(FabricMessage Message, byte[]? Payload, long PostedBefore);
