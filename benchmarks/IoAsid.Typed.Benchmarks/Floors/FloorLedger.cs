using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Benchmarks.Floors;

/// <summary>The innermost open hold of a thread. A copied hold releases once, so the state of a hold is outside of the struct, and without a locked instruction it belongs to the thread.</summary>
internal sealed class FloorLedger
{
    [ThreadStatic]
    private static FloorLedger? t_current;

    public ulong Latest;

    public static FloorLedger Current => t_current ?? Start();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static FloorLedger Start() => t_current = new();
}
