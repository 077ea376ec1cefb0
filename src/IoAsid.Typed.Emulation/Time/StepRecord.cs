using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>A step that is about to run.</summary>
/// <param name="Number">The how manieth step of the machine it is, from 0.</param>
/// <param name="Party">On whose behalf it runs.</param>
/// <param name="Name">What it is. The same in every run.</param>
/// <param name="Time">The machine's time since the start.</param>
/// <param name="IsPreempting">Whether it runs between two accesses of a processor step.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StepRecord(long Number, Party Party, string Name, TimeSpan Time, bool IsPreempting);
