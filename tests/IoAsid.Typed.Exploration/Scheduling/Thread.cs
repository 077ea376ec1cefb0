using Microsoft.Coyote.Runtime;

namespace IoAsid.Typed;

/// <summary>Stands in for <see cref="System.Threading.Thread"/> where the SDK waits for another thread's next step: that one is let go first.</summary>
internal static class Thread
{
    public static void Yield() => SchedulingPoint.Yield();
}
