using System;
using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Mutations;

/// <summary>The switch at each site, which returns whether the site is mutated. It is compiled into the mutated assembly only.</summary>
internal static class Mutant
{
    public static int Active = -1;

    /// <summary>The number of sites and loop iterations that the mutant may still reach. The limit ends mutants that loop or poll permanently.</summary>
    public static long TurnsLeft;

    public static bool[] Reached = [];

    /// <summary>Returns true if the step or check at a site is executed, and false if the site is mutated.</summary>
    public static bool Keeps(int site)
    {
        // An endless recursion would end the process with a stack overflow.
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
