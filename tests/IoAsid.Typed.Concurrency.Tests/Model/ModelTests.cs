using CsCheck;

namespace IoAsid.Typed.Concurrency.Tests.Model;

/// <summary>
/// Random sequences of operations on a tree of sets, compared to <see cref="Plain"/> after every step. A failure is shrunk and named with its seed;
/// <c>IOASID_MODEL_SEQUENCES</c> (default 300) is the number of sequences per test.
/// </summary>
public sealed class ModelTests
{
    private static readonly long Sequences = (long)Setting.Of("IOASID_MODEL_SEQUENCES", 300);

    private static readonly Gen<Operation[]> Operations =
        Gen.Select(Gen.Enum<Verb>(), Gen.Int[0, 11], Gen.Int[0, 11], (verb, x, y) => new Operation(verb, x, y)).Array[1, 60];

    private static readonly Gen<PlainOptions> Spaces =
        Gen.Select(Gen.Enum<IoAsidReusePolicy>(), Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool, (policy, custom, watched, throws, meddles) =>
            new PlainOptions(policy, custom, watched, throws, meddles));

    [Fact]
    public void A_space_answers_as_its_model_does_after_every_step() =>
        Gen.Select(Spaces, Operations).Sample(Try, iter: Sequences, print: Print);

    private static void Try(PlainOptions space, Operation[] operations)
    {
        using Trial trial = new(space);
        trial.Run(operations);
    }

    private static string Print((PlainOptions Space, Operation[] Operations) sample) => $"{sample.Space}\n{string.Join('\n', sample.Operations)}";
}
