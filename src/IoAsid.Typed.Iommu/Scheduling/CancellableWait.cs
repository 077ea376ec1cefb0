namespace IoAsid.Typed.Iommu;

/// <summary>Waits that a token cancels. The operation that is waited for goes on.</summary>
internal static class CancellableWait
{
    /// <summary>Waits for an operation until it completes or the wait is cancelled.</summary>
    public static ValueTask UnlessCancelled(this ValueTask operation, CancellationToken cancellationToken) =>
        operation.IsCompleted || !cancellationToken.CanBeCanceled ? operation : new(operation.AsTask().WaitAsync(cancellationToken));

    /// <inheritdoc cref="UnlessCancelled(ValueTask, CancellationToken)"/>
    public static ValueTask<T> UnlessCancelled<T>(this ValueTask<T> operation, CancellationToken cancellationToken) =>
        operation.IsCompleted || !cancellationToken.CanBeCanceled ? operation : new(operation.AsTask().WaitAsync(cancellationToken));

    /// <summary>Waits for an object until it exists or the wait is cancelled. If the wait is cancelled, the object is disposed as soon as it exists.</summary>
    public static ValueTask<T> OrDisposed<T>(this ValueTask<T> beginning, CancellationToken cancellationToken)
        where T : IAsyncDisposable =>
        beginning.IsCompleted || !cancellationToken.CanBeCanceled ? beginning : new(OrDisposedAsync(beginning.AsTask(), cancellationToken));

    private static async Task<T> OrDisposedAsync<T>(Task<T> beginning, CancellationToken cancellationToken)
        where T : IAsyncDisposable
    {
        try
        {
            return await beginning.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _ = DisposeAsync(beginning);
            throw;
        }
    }

    private static async Task DisposeAsync<T>(Task<T> beginning)
        where T : IAsyncDisposable
    {
        T begun = await beginning;
        await begun.DisposeAsync();
    }
}
