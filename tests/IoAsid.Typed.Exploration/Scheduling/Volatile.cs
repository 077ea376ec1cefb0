using System.Diagnostics.CodeAnalysis;
using Microsoft.Coyote.Runtime;
using Real = System.Threading.Volatile;

namespace IoAsid.Typed;

/// <summary>
/// The substitute for <see cref="Real"/> in the SDK's sources. Its namespace encloses theirs, so it hides the original. Another thread may run before every operation.
/// The test engine alone does not interrupt the operations on references and on unsigned words, which the core uses.
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

    public static ushort Read(ref readonly ushort location)
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

    public static void Write(ref ushort location, ushort value)
    {
        SchedulingPoint.Interleave();
        Real.Write(ref location, value);
    }
}
