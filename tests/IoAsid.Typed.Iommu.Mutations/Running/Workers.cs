namespace IoAsid.Typed.Iommu.Mutations;

/// <summary>Threads with a copy of the tests each.</summary>
internal static class Workers
{
    public static void Run(MutatedAssembly mutated, Action<MutatedTests> work) =>
        Task.WaitAll([.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(() => work(new MutatedTests(mutated))))]);
}
