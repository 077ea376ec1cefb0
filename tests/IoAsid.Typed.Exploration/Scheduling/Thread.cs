using Microsoft.Coyote.Runtime;
using Real = System.Threading.Thread;

namespace IoAsid.Typed;

/// <summary>Stands in for <see cref="Real"/> where the SDK waits for another thread's next step: that one is let go first.</summary>
internal static class Thread
{
    public static Real CurrentThread => Real.CurrentThread;

    public static void Yield() => SchedulingPoint.Yield();
}
