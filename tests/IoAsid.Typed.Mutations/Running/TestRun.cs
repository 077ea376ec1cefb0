using System.Runtime.InteropServices;

namespace IoAsid.Typed.Mutations;

/// <summary>The result of a test: its exception and its cost.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TestRun(Exception? Failure, TimeSpan Time, long Turns)
{
    public bool HasFailed => Failure is not null;
}
