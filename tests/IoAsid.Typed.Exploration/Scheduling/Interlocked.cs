using System.Diagnostics.CodeAnalysis;
using Microsoft.Coyote.Runtime;
using Real = System.Threading.Interlocked;

namespace IoAsid.Typed;

/// <summary>The substitute for <see cref="Real"/> in the SDK's sources. As in <see cref="Volatile"/>, another thread may run before every operation.</summary>
internal static class Interlocked
{
    [return: NotNullIfNotNull(nameof(location))]
    public static T CompareExchange<T>([NotNullIfNotNull(nameof(value))] ref T location, T value, T comparand)
        where T : class?
    {
        SchedulingPoint.Interleave();
        return Real.CompareExchange(ref location, value, comparand);
    }

    public static ulong CompareExchange(ref ulong location, ulong value, ulong comparand)
    {
        SchedulingPoint.Interleave();
        return Real.CompareExchange(ref location, value, comparand);
    }

    public static ulong Exchange(ref ulong location, ulong value)
    {
        SchedulingPoint.Interleave();
        return Real.Exchange(ref location, value);
    }

    public static int Exchange(ref int location, int value)
    {
        SchedulingPoint.Interleave();
        return Real.Exchange(ref location, value);
    }

    public static long Increment(ref long location) => Add(ref location, 1);

    public static long Decrement(ref long location) => Add(ref location, -1);

    public static long Add(ref long location, long value)
    {
        SchedulingPoint.Interleave();
        return Real.Add(ref location, value);
    }

    public static int Add(ref int location, int value)
    {
        SchedulingPoint.Interleave();
        return Real.Add(ref location, value);
    }

    public static int Increment(ref int location) => Add(ref location, 1);

    public static ulong Decrement(ref ulong location)
    {
        SchedulingPoint.Interleave();
        return Real.Decrement(ref location);
    }

    public static ulong And(ref ulong location, ulong value)
    {
        SchedulingPoint.Interleave();
        return Real.And(ref location, value);
    }

    public static long Read(ref readonly long location)
    {
        SchedulingPoint.Interleave();
        return Real.Read(in location);
    }
}
