namespace IoAsid.Typed.Mutations;

/// <summary>The highest cost of a mutant before it counts as one that does not end.</summary>
internal static class Budget
{
    /// <summary>Steps of the machine in one run of a test, for a mutant that waits without reaching a site.</summary>
    public const long Steps = 1_000_000;

    /// <summary>Returns the budget in turns, from the turns of the test without a mutation.</summary>
    public static long For(TestRun normal) => 200_000 + 2 * normal.Turns;
}
