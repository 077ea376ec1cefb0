using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>A message in flight on a link.</summary>
/// <param name="Message">The message.</param>
/// <param name="Payload">The payload, from the fabric's pool, or null.</param>
/// <param name="PostedBefore">The number of posted messages that were sent on the link before the message.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct InFlight(FabricMessage Message, byte[]? Payload, long PostedBefore);
