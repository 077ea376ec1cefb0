using System;
using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Mutations;

/// <summary>The switch at each site that tests whether the site is mutated. Compiled into the mutated assembly only.</summary>
internal static class Mutant
{
    public static int Active = -1;

    /// <summary>The number of sites and turns of loops that may still be reached. It ends mutants that loop or poll permanently.</summary>
    public static long TurnsLeft;

    public static bool[] Reached = [];

    /// <summary>Returns true if a step is taken, or a check can still refuse.</summary>
    public static bool Keeps(int site)
    {
        // An endless recursion must not end the process.
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Turn();
        Reached[site] = true;
        return Active != site;
    }

    public static bool Drops(int site) => !Keeps(site);

    public static bool Flag(int site, bool value) => value == Keeps(site);

    public static T Hold<T>(int site, T hold)
        where T : IDisposable?
    {
        if (Drops(site))
            hold?.Dispose();
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
