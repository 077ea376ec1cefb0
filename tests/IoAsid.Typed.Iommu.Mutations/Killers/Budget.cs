namespace IoAsid.Typed.Iommu.Mutations;

/// <summary>What a mutant may cost before it is taken for one that does not end.</summary>
internal static class Budget
{
    /// <summary>Turns of loops, where it is not known what the test takes without mutant.</summary>
    public const long Turns = 5_000_000;

    /// <summary>Steps of the machine in one run of a test.</summary>
    public const long Steps = 1_000_000;

    public static long For(TestRun normal) => 200_000 + 2 * normal.Turns;
}
