using System.Threading.Tasks.Sources;

namespace IoAsid.Typed.Emulation;

/// <summary>Something that ends once for each use; whoever awaits it goes on inside the call that ends it.</summary>
/// <typeparam name="TResult">How it ends.</typeparam>
internal abstract class Awaitable<TResult> : IValueTaskSource<TResult>
{
    private AwaitCore<TResult> _core;

    /// <summary>Complete when it has ended. To be awaited once, and before the next use.</summary>
    public ValueTask<TResult> Task => new(this, _core.Token);

    /// <summary>Ends it.</summary>
    public void End(TResult result) => _core.Set(result);

    TResult IValueTaskSource<TResult>.GetResult(short token) => _core.Take(token);

    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token) => _core.Status(token);

    void IValueTaskSource<TResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.GoOnWith(continuation, state, token);
}
