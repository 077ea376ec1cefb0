namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Synchronous completion of tasks. A test fails if a task is not complete yet.</summary>
internal static class Synchronous
{
    public static void Complete(ValueTask work) => Completed(work.AsTask()).GetAwaiter().GetResult();

    public static T Get<T>(ValueTask<T> work) => ((Task<T>)Completed(work.AsTask())).GetAwaiter().GetResult();

    private static Task Completed(Task work)
    {
        Assert.True(work.IsCompleted, "The task is not complete.");
        return work;
    }
}
