using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>Something that waits for its turn to run.</summary>
/// <param name="Callback">An <see cref="Action"/>, or an <see cref="Action{T}"/> or <see cref="SendOrPostCallback"/> that takes
/// the state.</param>
/// <param name="State">What the callback is given.</param>
/// <param name="Name">What it is, for people.</param>
/// <param name="Number">The order of posting.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Step(Delegate Callback, object? State, string Name, long Number)
{
    public void Run()
    {
        if (Callback is Action<object?> withState)
            withState(State);
        else if (Callback is Action action)
            action();
        else
            ((SendOrPostCallback)Callback)(State);
    }
}
