using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The inside of something that can be awaited once and then used again. Who sets the result decides in which step the code that
/// awaits goes on: at once, inside the call.
/// </summary>
/// <typeparam name="TResult">What it results in.</typeparam>
[StructLayout(LayoutKind.Auto)]
internal struct AwaitCore<TResult>
{
    private Action<object?>? _continuation;
    private object? _state;
    private TResult _result;

    /// <summary>Tells one use from the next.</summary>
    public short Token { get; private set; }

    /// <summary>Whether the result is there.</summary>
    public bool IsSet { get; private set; }

    /// <summary>Sets the result and goes on with the code that awaits it, if it does already.</summary>
    public void Set(TResult result)
    {
        _result = result;
        IsSet = true;
        Action<object?>? continuation = _continuation;
        object? state = _state;
        _continuation = null;
        _state = null;
        continuation?.Invoke(state);
    }

    /// <summary>Takes the result, and is ready for another use.</summary>
    public TResult Take(short token)
    {
        CheckToken(token);
        if (!IsSet)
            throw new InvalidOperationException("It is not complete: it must be awaited. Blocking on it would wait for ever.");
        TResult result = _result;
        _result = default!;
        IsSet = false;
        Token++;
        return result;
    }

    public readonly ValueTaskSourceStatus Status(short token)
    {
        CheckToken(token);
        return IsSet ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;
    }

    public void GoOnWith(Action<object?> continuation, object? state, short token)
    {
        CheckToken(token);
        if (_continuation is not null)
            ThrowAwaitedTwice();
        if (IsSet)
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

    private static void ThrowAwaitedTwice() => throw new InvalidOperationException("It can be awaited once.");
}
