using System;
using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Iommu;

/// <summary>Compiled into the mutated assembly, and nowhere else: says at each site whether it is the one that is mutated now.</summary>
internal static class Mutant
{
    public static int Active = -1;

    /// <summary>How many turns all loops may still take: a mutant that runs for ever ends.</summary>
    public static long TurnsLeft;

    public static bool[] Reached = [];

    /// <summary>Whether a step is taken, or a check can still say no.</summary>
    public static bool Keeps(int site)
    {
        // Nor is a recursion without end the end of the process.
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Reached[site] = true;
        return Active != site;
    }

    public static bool Drops(int site) => !Keeps(site);

    public static bool Flag(int site, bool value) => value == Keeps(site);

    public static T Hold<T>(int site, T hold)
        where T : IDisposable
    {
        if (Drops(site))
            hold.Dispose();
        return hold;
    }

    public static bool Hold(int site, bool isHeld, IDisposable? hold)
    {
        if (Drops(site))
            hold?.Dispose();
        return isHeld;
    }

    public static void Turn()
    {
        if (TurnsLeft-- <= 0)
            throw new InvalidOperationException("A loop of the mutant does not end.");
    }
}
