namespace IoAsid.Typed.Mutations;

/// <summary>The highest cost of a mutant. A mutant with a higher cost counts as one that does not end.</summary>
internal static class Budget
{
    /// <summary>The highest number of steps of the machine in one run of a test. It ends a mutant that waits without reaching a site.</summary>
    public const long Steps = 1_000_000;

    /// <summary>Returns the highest number of sites and loop iterations, from their number without a mutation.</summary>
    public static long For(TestRun normal) => 200_000 + 2 * normal.Turns;
}
