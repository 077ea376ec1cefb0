namespace IoAsid.Typed.Iommu;

/// <summary>Cancellation of waits. The operation continues after a cancellation.</summary>
internal static class CancellableWait
{
    /// <summary>Waits for an operation until it completes or the wait is cancelled.</summary>
    public static ValueTask UnlessCancelled(this ValueTask operation, CancellationToken cancellationToken) =>
        operation.IsCompleted || !cancellationToken.CanBeCanceled ? operation : new(operation.AsTask().WaitAsync(cancellationToken));

    /// <inheritdoc cref="UnlessCancelled(ValueTask, CancellationToken)"/>
    public static ValueTask<T> UnlessCancelled<T>(this ValueTask<T> operation, CancellationToken cancellationToken) =>
        operation.IsCompleted || !cancellationToken.CanBeCanceled ? operation : new(operation.AsTask().WaitAsync(cancellationToken));

    /// <summary>
    /// Waits for an object until it is created or the wait is cancelled. If the wait is cancelled, the object is disposed as soon as it is created.
    /// </summary>
    public static ValueTask<T> OrDisposed<T>(this ValueTask<T> creation, CancellationToken cancellationToken)
        where T : IAsyncDisposable =>
        creation.IsCompleted || !cancellationToken.CanBeCanceled ? creation : new(OrDisposedAsync(creation.AsTask(), cancellationToken));

    private static async Task<T> OrDisposedAsync<T>(Task<T> creation, CancellationToken cancellationToken)
        where T : IAsyncDisposable
    {
        try
        {
            return await creation.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _ = DisposeAsync(creation);
            throw;
        }
    }

    private static async Task DisposeAsync<T>(Task<T> creation)
        where T : IAsyncDisposable
    {
        T created = await creation;
        await created.DisposeAsync();
    }
}
