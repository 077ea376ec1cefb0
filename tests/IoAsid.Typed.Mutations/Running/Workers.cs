namespace IoAsid.Typed.Mutations;

/// <summary>Runs work on threads, each with a copy of the tests.</summary>
internal static class Workers
{
    public static void Run(MutatedAssembly mutated, Action<MutatedTests> work) =>
        Task.WaitAll([.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(() => work(new MutatedTests(mutated))))]);
}
