namespace IoAsid.Typed.Iommu.Mutations;

/// <summary>What a mutant may cost before it is taken for one that does not end.</summary>
internal static class Budget
{
    /// <summary>Steps of the machine in one run of a test, for who does not even reach a site.</summary>
    public const long Steps = 1_000_000;

    /// <summary>Turns, by what the test takes when nothing is mutated.</summary>
    public static long For(TestRun normal) => 200_000 + 2 * normal.Turns;
}
