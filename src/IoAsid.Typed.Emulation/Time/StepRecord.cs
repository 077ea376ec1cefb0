using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>A step that is about to run.</summary>
/// <param name="Number">The zero-based sequence number of the step.</param>
/// <param name="Party">The party on whose behalf the step runs.</param>
/// <param name="Name">The name in traces, the same in every run.</param>
/// <param name="Time">The virtual time since the start.</param>
/// <param name="IsPreempting">True if the step runs between two accesses of a processor's step.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StepRecord(long Number, Party Party, string Name, TimeSpan Time, bool IsPreempting);
