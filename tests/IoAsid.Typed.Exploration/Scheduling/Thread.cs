using Microsoft.Coyote.Runtime;
using Real = System.Threading.Thread;

namespace IoAsid.Typed;

/// <summary>The substitute for <see cref="Real"/> in waits of the SDK for the next step of another thread. The other thread runs first.</summary>
internal static class Thread
{
    public static Real CurrentThread => Real.CurrentThread;

    public static void Yield() => SchedulingPoint.Yield();
}
