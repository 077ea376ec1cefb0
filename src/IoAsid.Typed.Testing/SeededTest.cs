using System.Globalization;

namespace IoAsid.Typed.Testing;

/// <summary>
/// Runs of a test over many seeds. A machine with the same seed runs alike on every computer, so the seed in the message of a failure is all that a replay needs. Works with any test framework.
/// </summary>
public static class SeededTest
{
    /// <summary>The environment variable with the only seed to run.</summary>
    public const string ReplayVariable = "IOASID_SEED";

    /// <summary>
    /// Runs a test once for each seed from 1. Seed 0 is FIFO order. If <see cref="ReplayVariable"/> is set, the test runs with that seed only.
    /// </summary>
    /// <param name="seeds">The number of seeds, 1 or more.</param>
    /// <param name="test">The test. It builds a machine with the seed, runs it, and throws if the test fails.</param>
    /// <exception cref="SeededTestException">The test failed with one of the seeds. The remaining seeds did not run.</exception>
    /// <exception cref="FormatException">The variable is not a number.</exception>
    public static void Run(int seeds, Action<ulong> test) => Run(seeds, test, Environment.GetEnvironmentVariable(ReplayVariable));

    internal static void Run(int seeds, Action<ulong> test, string? replay)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(seeds);
        ArgumentNullException.ThrowIfNull(test);
        if (string.IsNullOrEmpty(replay))
        {
            for (ulong seed = 1; seed <= (ulong)seeds; seed++)
                RunOne(seed, test);
        }
        else
        {
            RunOne(Parse(replay), test);
        }
    }

    private static ulong Parse(string replay) => ulong.TryParse(replay, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
        ? seed
        : throw new FormatException($"{ReplayVariable} is '{replay}'. Set it to the number of the seed, or remove it.");

    private static void RunOne(ulong seed, Action<ulong> test)
    {
        try
        {
            test(seed);
        }
#pragma warning disable CA1031 // A failure of any kind, of any test framework, gets the seed.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            throw new SeededTestException(seed, failure);
        }
    }
}
