namespace IoAsid.Typed.Testing;

/// <summary>The failure of a test with one seed. The message has the seed and the way to replay it.</summary>
public sealed class SeededTestException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="failure">The failure of the test.</param>
    public SeededTestException(ulong seed, Exception failure)
        : base($"The test failed with seed {seed}. Set {SeededTest.ReplayVariable}={seed} to run this seed only. {failure?.Message}", failure) => Seed = seed;

    /// <summary>The seed.</summary>
    public ulong Seed { get; }
}
