using System.Diagnostics.CodeAnalysis;
using Microsoft.Coyote.Runtime;
using Real = System.Threading.Volatile;

namespace IoAsid.Typed;

/// <summary>
/// Stands in for <see cref="Real"/> in the SDK's sources, whose namespace is nearer than the real one's: before every operation another thread may run.
/// The test engine by itself does not see the operations on references and on unsigned words, of which the core is made.
/// </summary>
internal static class Volatile
{
    [return: NotNullIfNotNull(nameof(location))]
    public static T Read<T>(ref readonly T location)
        where T : class?
    {
        SchedulingPoint.Interleave();
        return Real.Read(in location);
    }

    public static ulong Read(ref readonly ulong location)
    {
        SchedulingPoint.Interleave();
        return Real.Read(in location);
    }

    public static int Read(ref readonly int location)
    {
        SchedulingPoint.Interleave();
        return Real.Read(in location);
    }

    public static void Write<T>(ref T location, T value)
        where T : class?
    {
        SchedulingPoint.Interleave();
        Real.Write(ref location, value);
    }

    public static void Write(ref ulong location, ulong value)
    {
        SchedulingPoint.Interleave();
        Real.Write(ref location, value);
    }

    public static void Write(ref int location, int value)
    {
        SchedulingPoint.Interleave();
        Real.Write(ref location, value);
    }
}
