namespace IoAsid.Typed.Mutations;

/// <summary>Threads that work in parallel, each with its own copy of the tests.</summary>
internal static class Workers
{
    public static void Run(MutatedAssembly mutated, Action<MutatedTests> work) =>
        Task.WaitAll([.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(() => work(new MutatedTests(mutated))))]);
}
