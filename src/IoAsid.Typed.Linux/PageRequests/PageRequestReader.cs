using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Linux;

/// <summary>Reads page requests and looks their PASIDs up in one set. A PASID of another set has no data here.</summary>
/// <remarks>One reader of a queue waits at a time. Its requests can be served on any thread and in any order.</remarks>
/// <typeparam name="TData">The type that lookups give.</typeparam>
public sealed class PageRequestReader<TData>
    where TData : class
{
    private readonly IoAsidReader<TData> _ids;

    internal PageRequestReader(FaultQueue queue, IoAsidReader<TData> ids)
    {
        Queue = queue;
        Set = ids.Set;
        _ids = ids;
    }

    /// <summary>The queue.</summary>
    public FaultQueue Queue { get; }

    /// <summary>The set.</summary>
    public IoAsidSet Set { get; }

    /// <summary>Tries to read a request that has arrived.</summary>
    /// <param name="request">The request, which needs exactly one response. Its disposal responds with Invalid.</param>
    /// <returns>True if there was one; false if not.</returns>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public bool TryRead([Answers] out IommufdPageRequest<TData> request)
    {
        OutstandingRequest? taken = Queue.TryTake();
        request = taken is null ? default : Resolve(taken);
        return taken is not null;
    }

    /// <summary>Waits for a request and reads it.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The request, which needs exactly one response. Its disposal responds with Invalid.</returns>
    /// <exception cref="ObjectDisposedException">The queue was disposed, before or during the wait.</exception>
    /// <exception cref="InvalidOperationException">Another reader of the queue waits.</exception>
    [return: Answers]
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<IommufdPageRequest<TData>> ReadAsync(CancellationToken cancellationToken = default)
    {
        IommufdPageRequest<TData> request;
        while (!TryRead(out request))
            await Queue.WaitAsync(cancellationToken).ConfigureAwait(false);

        return request;
    }

    /// <summary>Reads requests until the queue is disposed or the enumeration cancelled.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The requests, each of which needs exactly one response. The disposal of a request responds with Invalid.</returns>
    [return: Answers]
    public async IAsyncEnumerable<IommufdPageRequest<TData>> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await ReadUnlessDisposedAsync(cancellationToken).ConfigureAwait(false) is { IsDefault: false } request)
            yield return request;
    }

    private async ValueTask<IommufdPageRequest<TData>> ReadUnlessDisposedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException) when (Queue.IsDisposed)
        {
            return default;
        }
    }

    private IommufdPageRequest<TData> Resolve(OutstandingRequest request)
    {
        // The request holds the attachment's binding, so the number cannot have begun another life.
        if (request.Pasid is null || request.Attachment is not IommufdPasidAttachment attachment)
            return new(request, IoAsidLookupStatus.NotFound, data: null);

        if (attachment.Space != Set.Space)
            return new(request, IoAsidLookupStatus.OtherSet, data: null);

        IoAsidLookup<TData> lookup = _ids.Find(attachment.Id);
        return new(request, lookup.Status, lookup.Data);
    }
}
