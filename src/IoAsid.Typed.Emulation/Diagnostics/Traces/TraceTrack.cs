using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>A line of events in a trace. In the format it is a thread of a process.</summary>
/// <param name="Group">The number of the group: a party, unit or device.</param>
/// <param name="Line">The number of the line in the group, from 1; 0 for the group itself.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TraceTrack(int Group, int Line);
