using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>A line of events in a trace: a thread of a process, as the format calls it.</summary>
/// <param name="Group">Which party, unit or device it is of.</param>
/// <param name="Line">Which of its lines it is, from 1.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TraceTrack(int Group, int Line);
