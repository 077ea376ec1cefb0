namespace IoAsid.Typed.Mutations;

/// <summary>What a mutant may cost before it counts as one that does not end.</summary>
internal static class Budget
{
    /// <summary>Steps of the machine in one run of a test, for a mutant that waits without reaching a site.</summary>
    public const long Steps = 1_000_000;

    /// <summary>Turns, by what the test takes when nothing is mutated.</summary>
    public static long For(TestRun normal) => 200_000 + 2 * normal.Turns;
}
