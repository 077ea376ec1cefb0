namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The errors of refused calls.</summary>
internal static class Refusals
{
    /// <summary>Returns the error of a call that must be refused.</summary>
    public static async Task<IommuError> RefusalAsync(Task call) => (await Assert.ThrowsAsync<IommuException>(() => call)).Error;

    /// <inheritdoc cref="RefusalAsync(Task)"/>
    public static Task<IommuError> RefusalAsync(ValueTask call) => RefusalAsync(call.AsTask());

    /// <inheritdoc cref="RefusalAsync(Task)"/>
    public static Task<IommuError> RefusalAsync<T>(ValueTask<T> call) => RefusalAsync(call.AsTask());
}
