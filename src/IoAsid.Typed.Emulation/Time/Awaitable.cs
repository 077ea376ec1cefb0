using System.Threading.Tasks.Sources;

namespace IoAsid.Typed.Emulation;

/// <summary>A reusable operation that completes once per use. The awaiting code continues inside the call of <see cref="Complete"/>.</summary>
/// <typeparam name="TResult">The type of the result.</typeparam>
internal abstract class Awaitable<TResult> : IValueTaskSource<TResult>
{
    private AwaitCore<TResult> _core;

    /// <summary>The task of the current use. It must be awaited once, and before the next use.</summary>
    public ValueTask<TResult> Task => new(this, _core.Token);

    /// <summary>Completes the current use.</summary>
    public void Complete(TResult result) => _core.SetResult(result);

    TResult IValueTaskSource<TResult>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<TResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token);
}
