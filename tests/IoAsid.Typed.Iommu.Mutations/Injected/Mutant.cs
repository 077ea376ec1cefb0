using System;
using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Iommu;

/// <summary>Compiled into the mutated assembly, and nowhere else: says at each site whether it is the one that is mutated now.</summary>
internal static class Mutant
{
    public static int Active = -1;

    /// <summary>How often sites may still be reached, and loops turn: a mutant that runs for ever ends, also one that waits and asks for ever.</summary>
    public static long TurnsLeft;

    public static bool[] Reached = [];

    /// <summary>Whether a step is taken, or a check can still say no.</summary>
    public static bool Keeps(int site)
    {
        // Nor is a recursion without end the end of the process.
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Turn();
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
            throw new InvalidOperationException("The mutant does not end.");
    }
}
