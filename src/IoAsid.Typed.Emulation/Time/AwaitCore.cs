using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The state of a reusable operation that is awaited once per use. <see cref="SetResult"/> runs the continuation inside the call, so the caller decides
/// in which step the awaiting code continues.
/// </summary>
/// <typeparam name="TResult">The type of the result.</typeparam>
[StructLayout(LayoutKind.Auto)]
internal struct AwaitCore<TResult>
{
    private Action<object?>? _continuation;
    private object? _state;
    private TResult _result;

    /// <summary>The number of the current use. It distinguishes a use from the next one.</summary>
    public short Token { get; private set; }

    /// <summary>Gets a value indicating whether the result is set.</summary>
    public bool IsCompleted { get; private set; }

    /// <summary>Sets the result. Runs the continuation if the operation is awaited already.</summary>
    public void SetResult(TResult result)
    {
        _result = result;
        IsCompleted = true;
        Action<object?>? continuation = _continuation;
        object? state = _state;
        _continuation = null;
        _state = null;
        continuation?.Invoke(state);
    }

    /// <summary>Returns the result and prepares the next use.</summary>
    public TResult GetResult(short token)
    {
        CheckToken(token);
        if (!IsCompleted)
            throw new InvalidOperationException("The operation is not complete. Await it: a blocking wait would never return.");
        TResult result = _result;
        _result = default!;
        IsCompleted = false;
        Token++;
        return result;
    }

    public readonly ValueTaskSourceStatus GetStatus(short token)
    {
        CheckToken(token);
        return IsCompleted ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token)
    {
        CheckToken(token);
        if (_continuation is not null)
            ThrowAwaitedTwice();
        if (IsCompleted)
        {
            continuation(state);
            return;
        }

        _continuation = continuation;
        _state = state;
    }

    private readonly void CheckToken(short token)
    {
        if (token != Token)
            ThrowAwaitedTwice();
    }

    private static void ThrowAwaitedTwice() => throw new InvalidOperationException("The operation was already awaited. Await it once.");
}
