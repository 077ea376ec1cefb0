namespace IoAsid.Typed.Iommu.Tests;

/// <summary>What must complete without waiting for anything.</summary>
internal static class AtOnce
{
    public static void Done(ValueTask work) => Completed(work.AsTask()).GetAwaiter().GetResult();

    public static T Get<T>(ValueTask<T> work) => ((Task<T>)Completed(work.AsTask())).GetAwaiter().GetResult();

    private static Task Completed(Task work)
    {
        Assert.True(work.IsCompleted, "It waits for something.");
        return work;
    }
}
