using System.Runtime.InteropServices;

namespace IoAsid.Typed.Mutations;

/// <summary>How a test went: what it threw, and what it cost.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TestRun(Exception? Failure, TimeSpan Time, long Turns)
{
    public bool HasFailed => Failure is not null;
}
