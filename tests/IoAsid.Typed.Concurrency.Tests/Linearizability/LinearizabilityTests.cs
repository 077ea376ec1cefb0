using CsCheck;

namespace IoAsid.Typed.Concurrency.Tests.Linearizability;

/// <summary>
/// Operations that run in parallel have the answers of some sequential order of the same operations.
/// <c>IOASID_LINEARIZABILITY_RUNS</c> (default 200) is the number of attempts.
/// </summary>
public sealed class LinearizabilityTests
{
    private static readonly long Runs = (long)Setting.Of("IOASID_LINEARIZABILITY_RUNS", 200);

    private static readonly Gen<Step> Steps = Gen.Select(Gen.Int, Gen.Int[0, 1], Gen.Int[1, 2], (key, set, number) => new Step(key, set, number));

    [Fact]
    public void Answers_given_in_parallel_are_those_of_some_order() =>
        Gen.Const(0).Select(_ => new Shared()).SampleParallel(
            Steps.Operation<Shared>((shared, step) => shared.ClearData(step)),
            Steps.Operation<Shared>((shared, step) => shared.Find(step)),
            Steps.Operation<Shared>((shared, step) => shared.Hold(step)),
            Steps.Operation<Shared>((shared, step) => shared.Free(step)),
            Steps.Operation<Shared>((shared, step) => shared.SetData(step)),
            equal: (parallel, ordered) => parallel.ToString() == ordered.ToString(),
            maxSequentialOperations: 4,
            maxParallelOperations: 5,
            iter: Runs,
            threads: 3,
            print: shared => shared.ToString());
}
